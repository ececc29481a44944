# SPDX-License-Identifier: Apache-2.0
"""CGI scripts that do as the query says: applications with manners of their own.

    status=404          the status
    h=Name: value       a header; may stand several times

The answer is JSON: who it was for, and a number that no second run of the script gives again, so
that a copy out of some cache is known as one.
"""
import json
from urllib.parse import quote, urlencode

APP_CGI = r"""#!/bin/bash -f
IFS='&'
echo "Content-Type: application/json"
for pair in $QUERY_STRING; do
    value=${pair#*=}
    printf -v value '%b' "${value//%/\\x}"
    case $pair in
        status=*) echo "Status: $value" ;;
        h=*) echo "$value" ;;
    esac
done
printf '\n{"user": "%s", "number": "%s", "session": "%s"}\n' \
    "$REMOTE_USER" "$$-$RANDOM-$RANDOM" "$HTTP_SESSION"
"""


def asks(*headers, status=200):
    """The query for this status and these headers."""
    return urlencode([("status", status), *(("h", header) for header in headers)],
                     quote_via=quote)


def told(answer):
    return json.loads(answer.text)
