# SPDX-License-Identifier: Apache-2.0
"""What the tests against a real httpd stand on: servers, WeCom in a box, browsers, error logs."""
