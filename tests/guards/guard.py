# SPDX-License-Identifier: Apache-2.0
"""What the guards share: where the files are, how C is read, how a problem is told.

A guard looks at the sources and says, each in one line, what breaks a rule that no compiler
knows. It must never fall silent because it found nothing to look at: whatever it needs and does
not find is a problem too, and a guard that looked at nothing fails.
"""
import os
import re
import sys

TOP = os.environ.get("top_srcdir") or "."
BUILD = os.environ.get("top_builddir") or "."
NAME = os.path.basename(sys.argv[0])

FLOORS = ("src/base", "src/wecom", "src/auth", "src/httpd")
BELOW = FLOORS[:3]
CTL = "src/ctl"  # the command: beside the house, on the floors below the Apache line

_problems = []
_texts = {}
_looked_at = 0


def problem(text, path=None, line=None):
    where = f"{path}:{line}: " if line else f"{path}: " if path else ""
    _problems.append(f"{where}{text}")


def looked(n=1):
    """Count what was judged, so that judging nothing can be told from finding nothing."""
    global _looked_at
    _looked_at += n


def finish():
    if not _looked_at:
        problem("nothing was looked at")
    for text in _problems:
        print(f"{NAME}: {text}")
    if _problems:
        print(f"{NAME}: {len(_problems)} problem(s)")
    else:
        print(f"{NAME}: {_looked_at} looked at, all good")
    sys.exit(1 if _problems else 0)


# --- files ----------------------------------------------------------------------------------------

def exists(path):
    return os.path.exists(os.path.join(TOP, path))


def read(path):
    """The text of a file that must be there; "" and a problem without it."""
    if path not in _texts:
        _texts[path] = ""
        try:
            with open(os.path.join(TOP, path), encoding="utf-8") as file:
                _texts[path] = file.read()
        except (OSError, UnicodeDecodeError) as error:
            problem(f"cannot be read: {error.__class__.__name__}", path)
    return _texts[path]


def files(folder, *endings):
    """The files of one folder with these endings, not of those below it."""
    full = os.path.join(TOP, folder)
    if not os.path.isdir(full):
        problem("the folder is missing", folder)
        return []
    found = [os.path.normpath(os.path.join(folder, name)) for name in sorted(os.listdir(full))
             if name.endswith(endings) and os.path.isfile(os.path.join(full, name))]
    if not found:
        problem(f"no {' or '.join(endings)} in it", folder)
    return found


def tree(folder, *endings):
    """The files below a folder, its subfolders included; what a build leaves there is left out."""
    found = []
    for path, folders, names in os.walk(os.path.join(TOP, folder)):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__pycache__")
        found += [os.path.normpath(os.path.relpath(os.path.join(path, name), TOP))
                  for name in sorted(names) if not endings or name.endswith(endings)]
    return found


def roof():
    found = [f for f in files(".", ".c") if os.path.basename(f).startswith("mod_")]
    if not found:
        problem("no mod_*.c at the top")
    return found


def c_files(tests=False):
    """All C of the program and its tools; with the simulator's and the tests' on request."""
    found = roof()
    for folder in FLOORS + (CTL,):
        found += files(folder, ".c", ".h")
    found += tree("tools", ".c", ".h")
    if tests:
        for folder in ("sim", "tests/unit", "tests/fuzz"):
            found += files(folder, ".c", ".h")
    return found


# --- C --------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """Comments become blanks; every line stays where it is."""
    return _TOKEN.sub(lambda m: m[0] if m[0][0] in "\"'" else _blank(m[0]), text)


def without_words(text):
    """Comments and what stands between quotes become blanks; the quotes stay."""
    def bare(match):
        token = match[0]
        if token[0] in "\"'":
            return token[0] + _blank(token[1:-1]) + token[-1]
        return _blank(token)
    return _TOKEN.sub(bare, text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def includes(text):
    """(line, '"' or '<', name) of each #include."""
    code = without_comments(text)
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', code, re.M):
        yield line_of(code, match.start()), match[1], match[2]


def arguments(code, at):
    """The arguments of a call whose '(' stands at `at`; code comes from without_words."""
    depth, start, found = 0, at + 1, []
    for i in range(at, len(code)):
        c = code[i]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth == 0:
                found.append(code[start:i].strip())
                return found
        elif c == "," and depth == 1:
            found.append(code[start:i].strip())
            start = i + 1
    return found
