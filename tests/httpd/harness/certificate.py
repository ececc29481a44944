# SPDX-License-Identifier: Apache-2.0
"""A certificate for localhost, made anew for each run of the tests."""
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .server import make_folder


@dataclass(frozen=True)
class Certificate:
    cert: Path
    key: Path

    def remove(self):
        shutil.rmtree(self.cert.parent, ignore_errors=True)


def make():
    folder = make_folder("cert")
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-addext", "basicConstraints=critical,CA:FALSE",
                    "-keyout", str(made.key), "-out", str(made.cert)],
                   check=True, capture_output=True)
    return made
