# SPDX-License-Identifier: Apache-2.0
"""A certificate, by default for localhost, made anew for each run of the tests."""
import base64
import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .server import make_folder


@dataclass(frozen=True)
class Certificate:
    cert: Path
    key: Path

    @property
    def pin(self):
        """The hash of its public key, as browsers and RFC 7469 write it."""
        public = subprocess.run(["openssl", "pkey", "-in", str(self.key), "-pubout", "-outform",
                                 "DER"], check=True, capture_output=True).stdout
        return base64.b64encode(hashlib.sha256(public).digest()).decode()

    def remove(self):
        shutil.rmtree(self.cert.parent, ignore_errors=True)


def make(names=("DNS:localhost", "IP:127.0.0.1")):
    folder = make_folder("cert")
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=" + names[0].partition(":")[2],
                    "-addext", "subjectAltName=" + ",".join(names),
                    "-addext", "basicConstraints=critical,CA:FALSE",
                    "-keyout", str(made.key), "-out", str(made.cert)],
                   check=True, capture_output=True)
    return made
