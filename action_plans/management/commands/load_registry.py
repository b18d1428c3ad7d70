"""The register of places from a file. Here, not in municipalities: what plans keep of a place changes with it."""

import sys
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from action_plans import findings
from action_plans.editing import fill_search_key
from action_plans.models import ActionPlan
from action_plans.totals import keep_totals
from municipalities import registry, registry_file
from municipalities.registry_file import RegistryError

HEADINGS = {
    "new": "New",
    "renamed": "Renamed (the old name stays searchable)",
    "moved": "In another region or district",
    "changed": "Other facts changed",
    "gone": "No longer in the register (page and plans stay)",
    "back": "In the register again",
    "succession": "Successions",
}
SHOWN = 30


class Command(BaseCommand):
    help = (
        "Loads the register of regions, districts and municipalities from a CSV file, again and again: "
        "shows what is new, renamed, moved or gone, asks, and does it. Never deletes. "
        "A successions.csv beside the file is read too. Columns: fixtures/README.md"
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="do it without asking")
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")

    def handle(self, *, file, yes, dry_run, verbosity, **options):
        self.verbosity = verbosity
        try:
            rows, successions = read(file)
            changes = registry.compare(rows, successions)
            self.show(rows, changes)
            if changes and self.may_apply(yes=yes, dry_run=dry_run):
                apply(rows, successions, changes)
                self.say(f"Done: {len(changes)} changes.")
        except RegistryError as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from error

    def say(self, text):
        if self.verbosity > 0:
            self.stdout.write(text)

    def show(self, rows, changes):
        counts = Counter(row.level for row in rows)
        levels = ", ".join(f"{level} {count}" for level, count in counts.items())
        self.say(f"{len(rows)} places in the file: {levels}.")
        for what, heading in HEADINGS.items():
            texts = [change.text for change in changes if change.what == what]
            if texts:
                shown = texts if self.verbosity > 1 else texts[:SHOWN]
                more = len(texts) - len(shown)
                rest = [f"… and {more} more (all of them: --verbosity 2)"] if more else []
                self.say("\n  ".join([f"{heading}: {len(texts)}", *shown, *rest]))
        if not changes:
            self.say("Nothing to change: the portal has all of it.")

    def may_apply(self, *, yes, dry_run):
        if dry_run:
            self.say("Nothing was changed, as asked for with --dry-run.")
            return False
        if yes:
            return True
        if not sys.stdin.isatty():
            raise CommandError("Nothing was changed: nobody is here to ask. Add --yes to do it.")
        answer = input("Do all this? [y/N] ").strip().lower()
        if answer not in ("y", "yes"):
            self.say("Nothing was changed.")
        return answer in ("y", "yes")


def read(file):
    beside = file.with_name("successions.csv")
    rows = registry_file.read_places(file)
    return rows, registry_file.read_successions(beside) if beside.exists() else []


@transaction.atomic
def apply(rows, successions, changes):
    """The places, and what their plans keep of them: names for the search, the region in the totals."""
    moved = registry.apply(rows, successions, confirmed=changes, on=timezone.localdate())
    codes = {code for level, code in (change.key for change in changes) if level == "municipality"}
    renamed = ActionPlan.objects.filter(municipalities__municipality__code__in=codes)
    for plan in renamed.distinct():
        fill_search_key(plan)
    in_another_region = ActionPlan.objects.filter(municipalities__municipality__in=moved)
    for plan_id in in_another_region.order_by("pk").values_list("pk", flat=True).distinct():
        keep_totals(plan_id)
    # A population may be another one than before; looked at afterwards, a chunk of plans at a time.
    transaction.on_commit(lambda: findings.recheck(renamed.distinct()))
