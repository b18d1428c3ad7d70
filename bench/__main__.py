"""make bench: how fast the pages are with much data. make bench ARGS="--plans 1000 --write" """

import argparse
import os
import secrets
import signal
import sys
from pathlib import Path

import django
from django.utils.module_loading import import_string

from tools.postgres import NoPostgresError, kept_postgres

ROOT = Path(__file__).resolve().parent.parent
# A production start, but for https: there is no proxy in front. A developer's own settings do not count.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "psi_portal.settings",
    "DATA_DIR": str(ROOT / "var" / "bench"),
    "ALLOWED_HOSTS": "127.0.0.1",
    "DEBUG": "0",
    "TRIAL": "0",
    "HTTPS": "0",
    "LANGUAGE_CODE": "ru",
}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped, too
    options = arguments()
    with kept_postgres(ROOT / "var" / "bench-pg") as server:
        os.environ.update(SETTINGS, DATABASE_URL=server, SECRET_KEY=secrets.token_urlsafe(50))
        django.setup()
        return import_string("bench.run.run")(server, options)


def arguments():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--plans", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument(
        "--write", action="store_true", help="renew the table in docs/performance.md"
    )
    parser.add_argument("--only", default="", help="pages whose name or address has this in it")
    parser.add_argument("--queries", action="store_true", help="show the queries of each page")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NoPostgresError as error:
        sys.exit(str(error))
    except ConnectionError as error:
        sys.exit(f"The portal no longer answers ({error}), see var/bench/server-*.log")
    except KeyboardInterrupt:
        sys.exit(130)
