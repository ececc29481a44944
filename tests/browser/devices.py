# SPDX-License-Identifier: Apache-2.0
"""What visitors hold in their hands."""
from dataclasses import dataclass, replace

from harness.client import WECOM_ANDROID, WECOM_IOS

CHROME_ON_ANDROID = ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
                     "Chrome/131.0.0.0 Mobile Safari/537.36")
SAFARI_ON_IPHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
                    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1")
PC = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"


@dataclass(frozen=True)
class Device:
    """A phone: its own browser, and WeCom on the same phone."""
    agent: str
    wecom: str
    width: int = 390
    height: int = 844
    scale: int = 2

    def metrics(self):
        """For DevTools."""
        return {"width": self.width, "height": self.height, "deviceScaleFactor": self.scale,
                "mobile": True}

    def in_wecom(self):
        return replace(self, agent=self.wecom)

    def small(self):
        """The smallest that is still in use."""
        return replace(self, width=320, height=568)


ANDROID = Device(CHROME_ON_ANDROID, WECOM_ANDROID)
IPHONE = Device(SAFARI_ON_IPHONE, WECOM_IOS)
