# SPDX-License-Identifier: Apache-2.0
"""Where the build is: the variables of tests/paths.env.

configure writes the file into the build folder. It is named by WECOM_PATHS, or lies below the
folder that pytest was called from, or below the source tree. A missing build is a failure.
"""
import os
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Paths:
    httpd: str        # the server's program
    modules: Path     # httpd's own modules
    build: Path
    source: Path
    asan: bool        # built with the sanitizers
    version: str

    @property
    def module(self):
        return self.build / ".libs" / "mod_auth_wecom.so"

    @property
    def sim_module(self):
        return self.build / ".libs" / "mod_wecom_sim.so"

    @property
    def wecomctl(self):
        return self.build / "wecomctl"


def candidates():
    if os.environ.get("WECOM_PATHS"):
        return [Path(os.environ["WECOM_PATHS"])]
    here = Path.cwd()
    folders = [here, here.parent, SOURCE]
    folders += [SOURCE / name for name in ("_build", "build", "out")]
    return [folder / "tests" / "paths.env" for folder in folders]


def parse(text):
    pairs = (line.split("=", 1) for line in text.splitlines()
             if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def find():
    """The paths of the build; FileNotFoundError with a cure when there is none."""
    for file in candidates():
        if file.is_file():
            break
    else:
        raise FileNotFoundError(
            "no tests/paths.env: run configure and make, or name the file with WECOM_PATHS; "
            "looked at " + ", ".join(str(file) for file in candidates()))
    values = parse(file.read_text())
    paths = Paths(httpd=values["HTTPD_BIN"], modules=Path(values["HTTPD_LIBEXECDIR"]),
                  build=Path(values["BUILDDIR"]), source=Path(values["SRCDIR"]),
                  asan=values.get("ASAN") == "yes", version=values.get("VERSION", ""))
    for product in (paths.module, paths.sim_module, paths.wecomctl):
        if not product.is_file():
            raise FileNotFoundError(f"{product} is not there: run make in {paths.build}")
    return paths
