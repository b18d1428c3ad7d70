"""What must hold before a change is handed over: `check.py`. What a program can mend: `check.py --fix`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {".venv", "node_modules", "var", "staticfiles"}
PYTHON = sys.executable


def templates():
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("templates/**/*.html"))
    return sorted(str(path) for path in paths if not SKIPPED.intersection(path.parts))


def fixes():
    return [
        ("Python format", ["ruff", "format"]),
        ("Python lint", ["ruff", "check", "--fix"]),
        *template_steps([], []),
    ]


def checks():
    django = [PYTHON, "manage.py"]
    return [
        ("Python format", ["ruff", "format", "--check"]),
        ("Python lint", ["ruff", "check"]),
        *template_steps(["--check"], ["--check"]),
        ("migrations", [*django, "makemigrations", "--check", "--dry-run"]),
        ("production settings", [*django, "check", "--deploy", "--fail-level", "WARNING"]),
        ("translations", [PYTHON, "tools/messages.py", "check"]),
    ]


def template_steps(djade, djhtml):
    files = templates()
    if not files:
        return []
    return [
        ("template style", ["djade", "--target-version", "5.2", *djade, *files]),
        ("template indentation", ["djhtml", "--tabwidth", "2", *djhtml, *files]),
    ]


def main(fix):
    failed = [
        name for name, command in (fixes() if fix else checks()) if not succeeds(name, command)
    ]
    if fix:
        # djade ends with 1 when it has changed a file; what is left over `make check` tells.
        print("Formatted. Now: make check")
        return 0
    print(
        f"\nFailed: {', '.join(failed)}. Formatting is mended by: make fmt"
        if failed
        else "\nAll checks passed."
    )
    return int(bool(failed))


def succeeds(name, command):
    print(f"--- {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(command, cwd=ROOT, env=as_in_production(folder)).returncode == 0


def as_in_production(folder):
    """Settings of a server, with an empty data folder; programs from .venv come first."""
    ours = {
        "SECRET_KEY": "check-" + "0123456789abcdefghij" * 3,
        "ALLOWED_HOSTS": "portal.example.org",
        "DATA_DIR": folder,
    }
    others = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DEBUG", "TRIAL", "DATABASE_URL", "HTTPS")
    }
    return {**others, **ours, "PATH": f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"}


if __name__ == "__main__":
    sys.exit(main(fix="--fix" in sys.argv))
