"""Exchange rates of the National Bank, from files or from its site: for a person or for cron."""

import time
import urllib.request
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from urllib.error import URLError
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from action_plans import rate_files
from action_plans.rate_files import ADDRESSES, MAX_BYTES

PAUSE_SECONDS, ALL_SECONDS = 20, 60  # for one answer of the network, for a whole file
CHUNK = 64 * 1024


class NotReadError(Exception):
    pass


class Command(BaseCommand):
    help = (
        "Imports the National Bank's XML files of exchange rates: files named here, or, with --daily "
        f"and --weekly, {ADDRESSES['daily']} and {ADDRESSES['weekly']}. A file is stored whole or not "
        "at all; what is stored already is skipped, so it may run as often as you like. Payments that "
        "waited for a rate are booked. Exit code 1 when a file was refused or could not be read."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument("--daily", action="store_true", help="fetch the daily file")
        parser.add_argument("--weekly", action="store_true", help="fetch the weekly file")

    def handle(self, *, files, daily, weekly, **options):
        wanted = [(str(file), file.name, read_file) for file in files]
        for name, asked in (("daily", daily), ("weekly", weekly)):
            if asked:
                address = ADDRESSES[name]
                wanted.append((address, PurePosixPath(urlsplit(address).path).name, fetch))
        if not wanted:
            raise CommandError("Name a file, or --daily, or --weekly.")
        with override("en"):
            refused = [where for where, name, read in wanted if not self.one(where, name, read)]
        if refused:
            raise CommandError(f"Not imported: {', '.join(refused)}")

    def one(self, where, name, read):
        """Import one file; whether it was."""
        try:
            imported = rate_files.import_file(data=read(where), filename=name, by=None)
        except (NotReadError, ValidationError) as error:
            reasons = error.messages if isinstance(error, ValidationError) else [str(error)]
            self.stderr.write(f"{where}: {' '.join(reasons)}")
            return False
        self.tell(where, imported)
        for payment in rate_files.book_waiting(imported, by=None):
            plan = payment.contribution.plan
            self.stdout.write(f"  booked: {plan.reference}, {payment.amount} {payment.currency}")
        return True

    def tell(self, where, imported):
        counts = f"{len(imported.new)} new, {imported.unchanged} stored already"
        self.stdout.write(
            f"{where}: {imported.source.label}, {imported.applies_on:%d.%m.%Y}: {counts}."
        )
        for old, new in imported.versions:
            self.stdout.write(f"  new version: {new.equation}, before {old.equation}")
        for rate, percent in imported.jumps:
            self.stdout.write(f"  CHECK: {rate.equation} is {percent:+.1f} % from the rate before")
        if imported.skipped:
            self.stdout.write(f"  left out, not known: {', '.join(imported.skipped)}")


def read_file(path):
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotReadError(f"The file cannot be read: {error.strerror}.") from error


def fetch(address):
    """The bytes of an address of the bank, as many as are needed to see that they are too many."""
    data, until = b"", time.monotonic() + ALL_SECONDS
    try:
        with urllib.request.urlopen(address, timeout=PAUSE_SECONDS) as answer:
            while len(data) <= MAX_BYTES and (chunk := answer.read1(CHUNK)):
                data += chunk
                if time.monotonic() > until:
                    raise TimeoutError("it takes too long")
    except (URLError, HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise NotReadError(
            f"The address cannot be read ({reason}). Where there is no network, download the file "
            "elsewhere and name it here."
        ) from error
    return data[: MAX_BYTES + 1]
