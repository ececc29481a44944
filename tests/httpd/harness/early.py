# SPDX-License-Identifier: Apache-2.0
"""A site whose server loads our module before all others: Debian loads in the order of names."""
from .site import Site


class EarlySite(Site):
    def config_text(self):
        """The same text, with our line in front of the others."""
        text = super().config_text()
        ours = self.httpd.load_module("auth_wecom", self.httpd.paths.module) + "\n"
        return ours + text.replace(ours, "")
