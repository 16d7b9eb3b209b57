#!/usr/bin/env python3
"""Set up and start, with nothing but Python: `python3 run.py demo`, `python3 run.py test`.

The first start makes .venv with what the command needs; later starts only compare a fingerprint. Standard library
only, and written so that Pythons that are too old can still read it and say what to do.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

try:
    import fcntl
except ImportError:  # not a POSIX system: two first starts at once are not kept apart
    fcntl = None

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
BASE = (
    getattr(sys, "_base_executable", None) or sys.executable
)  # also when started from .venv itself
READY = os.path.join(VENV, "ready")
LOCK = os.path.join(ROOT, "requirements.lock")
APT = ["apt-get", "install", "-y", "python3-venv"]
USAGE = """usage: python3 run.py demo [--once] [--dir DIR]   the office at work on this computer
       python3 run.py test [words for pytest]   the tests
       python3 run.py check                     format, lint, types, import contracts
       python3 run.py bench [words]             the benchmarks"""
EXTRAS = {"demo": "demo", "test": "demo,dev", "check": "demo,dev", "bench": "demo,dev"}
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports", "--no-cache"),
)


def main(words):
    if sys.version_info < OLDEST:
        return too_old()
    if not words or words[0] not in EXTRAS:
        print(USAGE)
        return 0 if words and words[0] in ("-h", "--help", "help") else 2
    fault = set_up(EXTRAS[words[0]])
    if fault:
        print(fault)
        return 1
    return start(words[0], words[1:])


def too_old():
    """Say what to do on a Python that cannot run the project."""
    wanted = ".".join(str(n) for n in OLDEST)
    print(
        "This needs Python %s or newer; %s is %s."
        % (wanted, sys.executable, sys.version.split()[0])
    )
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        if shutil.which(name) and quietly([name, "-c", ""]):
            print("There is one on this computer: %s run.py %s" % (name, " ".join(sys.argv[1:])))
            return 1
    print(
        "Install one (for example: apt-get install -y python3.11 python3.11-venv), then: python3.11 run.py"
    )
    return 1


def start(command, words):
    """Run the command in the ready environment; only its exit code comes back."""
    if (
        command == "demo"
    ):  # stays in the caller's folder, so that --dir means what it says; -P: imports nothing there
        return become(["-P", "-m", "automation", "demo"] + words)
    os.chdir(ROOT)
    if command == "check":
        return check()
    if command == "bench":
        return become(["-m", "bench"] + words)
    return become(
        ["-m", "pytest"]
        + (words or ["--dist", "loadgroup", "-n", str(min(os.cpu_count() or 1, 4))])
    )


def become(words):
    """Turn into the environment's Python, so that signals and the exit code are its own."""
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.call([PYTHON] + words)
    os.execv(PYTHON, [PYTHON] + words)


def check():
    """Run every static check, also after one failed, and sum up."""
    failed = []
    for words in CHECKS:
        print("--- " + " ".join(words), flush=True)
        tool = os.path.join(os.path.dirname(PYTHON), words[0])
        if subprocess.call([tool] + list(words[1:])):
            failed.append(" ".join(words))
    print("check: " + ("failed: " + ", ".join(failed) if failed else "all fine"))
    return 1 if failed else 0


# --- the environment ----------------------------------------------------------------------------


def set_up(extras):
    """Make .venv unless it is ready for these extras; gives "" or what stops us, as one line to print."""
    if is_ready(extras):
        return ""
    with alone():
        if is_ready(extras):  # another start made it while we waited
            return ""
        return make(extras)


def fingerprint():
    """Sum up what the environment depends on: what is wanted, this Python, where the checkout lies."""
    seen = hashlib.sha256()
    for path in (LOCK, os.path.join(ROOT, "pyproject.toml")):
        with open(path, "rb") as file:
            seen.update(file.read())
    seen.update(repr((sys.version, sys.base_prefix, ROOT)).encode())
    return seen.hexdigest()


def is_ready(extras):
    """Believe only the file that is written last, and only while its Python still starts from there."""
    made, _, had = noted().partition(" ")
    wanted = set(extras.split(","))
    return made == fingerprint() and wanted <= set(had.split(",")) and os.path.exists(PYTHON)


def noted():
    try:
        with open(READY) as file:
            return file.read().strip()
    except OSError:
        return ""


def make(extras):
    """Make the environment anew, or add to a good one; the note that it is ready comes last."""
    good = noted().startswith(fingerprint()) and os.path.exists(PYTHON)
    if good:
        os.remove(READY)
    if not (good and (installed_by_uv(extras) or installed_by_pip(extras))):
        fault = anew(extras)
        if fault:
            return fault
    with open(READY + ".new", "w") as file:
        file.write(fingerprint() + " " + extras)
    os.replace(READY + ".new", READY)
    return ""


def anew(extras):
    """Wipe what is half made or stale and begin again; gives "" or the line to print."""
    wipe()
    if fresh_by_uv() and installed_by_uv(extras):
        return ""
    if not may_have_pip():
        return " ".join(APT)
    wipe()
    if not run([BASE, "-m", "venv", VENV]):
        return "The environment .venv could not be made; see above."
    if not installed_by_pip(extras):
        return "Not everything could be installed (see above): is the package registry reachable?"
    return ""


def fresh_by_uv():
    return bool(shutil.which("uv")) and run(["uv", "venv", "--quiet", "--python", BASE, VENV])


def installed_by_uv(extras):
    if not shutil.which("uv"):
        return False
    announce("uv")
    return run(["uv", "pip", "install", "--quiet", "--python", PYTHON] + wanted(extras))


def installed_by_pip(extras):
    if not quietly([PYTHON, "-m", "pip", "--version"]):
        return False  # uv makes environments without it
    announce("pip")
    return run(
        [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"] + wanted(extras)
    )


def wanted(extras):
    return ["--constraint", LOCK, "--editable", "%s[%s]" % (ROOT, extras)]


def may_have_pip():
    """Say whether Python brings pip along; Debian packs that part apart, and root may fetch it."""
    if quietly([BASE, "-m", "ensurepip", "--version"]):
        return True
    if os.name == "nt" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    if not run(APT):
        run(["apt-get", "update"])  # a fresh machine has no lists yet
        run(APT)
    return quietly([BASE, "-m", "ensurepip", "--version"])


def announce(tool):
    print("Setting up .venv with %s; this happens once and takes a moment ..." % tool, flush=True)


def wipe():
    if os.path.isdir(VENV) and not os.path.islink(VENV):
        shutil.rmtree(VENV)
    elif os.path.lexists(VENV):
        os.remove(VENV)


def run(words):
    """Run a tool with its own words on the screen; says whether it went well.

    It inherits the lock: where this script is killed, the next start waits for the tool that lives on.
    """
    return subprocess.call(words, env=environment(), stdin=subprocess.DEVNULL, close_fds=False) == 0


def quietly(words):
    return (
        subprocess.call(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        == 0
    )


def environment():
    """Keep the caller's configuration of pip and uv, but for what would install past .venv."""
    env = {
        k: v
        for k, v in os.environ.items()
        if k not in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME")
    }
    env.setdefault(
        "UV_SYSTEM_CERTS", "true"
    )  # uv's own certificates fail behind a proxy that inspects TLS
    env.setdefault("DEBIAN_FRONTEND", "noninteractive")
    return env


@contextmanager
def alone():
    """Let one start at a time set up; the others wait."""
    with open(os.path.join(ROOT, ".venv.lock"), "w") as file:
        if fcntl:
            os.set_inheritable(file.fileno(), True)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                print("Another start is setting up .venv; waiting for it ...", flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
