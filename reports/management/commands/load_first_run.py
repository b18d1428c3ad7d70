"""What `make run` calls at every start: fills what is empty, then says whom to sign in as."""

import json

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.sample_people import make_sample_people
from action_plans import findings
from action_plans.models import ActionPlan
from conferences.models import Event
from lib.fixtures import FOLDER
from municipalities.models import Municipality
from reports.models import ReportTemplate


class Command(BaseCommand):
    help = "Loads places, reference data, sample people and the sample set into a portal that has none. Only where TRIAL is set."

    def handle(self, *, verbosity, **options):
        if not settings.TRIAL:
            raise CommandError("This loads samples, which never go into production.")
        self.load("the places", Municipality, "load_registry", FOLDER / "registry.csv", yes=True)
        # The templates of reports are the last of it: a portal of an earlier version has none yet.
        self.load("the reference data", ReportTemplate, "load_reference")
        if not User.objects.exists():
            make_sample_people()
        self.load("the sample set", ActionPlan, "load_sample")
        self.load("events and practices", Event, "load_events", sample=True)
        findings.recheck_if_none()
        self.show_people()

    def load(self, what, model, command, *args, **options):
        if not model.objects.exists():
            self.stdout.write(f"Loading {what} …")
            self.stdout.flush()
            call_command(command, *args, verbosity=0, **options)

    def show_people(self):
        file = settings.DATA_DIR / "sample-users.json"
        if not file.exists():
            return
        people = json.loads(file.read_text(encoding="utf-8"))
        rows = [
            (person["email"], person["password"], person["role"], person["municipality"])
            for person in people
        ]
        self.stdout.write(f"Sign in as one of these (kept in {file}):")
        self.stdout.write(in_columns([("e-mail", "password", "role", "municipality"), *rows]))


def in_columns(rows):
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(f"  {line.rstrip()}" for line in lines)
