import sys

from django.core.management.base import BaseCommand, CommandError

from action_plans.models import ActionPlan
from action_plans.totals_check import differences, put_right

EVERY = 10_000


class Command(BaseCommand):
    help = (
        "Computes everything that is kept of plans (their totals, their parts by place and service area, "
        "the programme's totals, the days of grants, the months of payments, what does not add up) again from the rows and names what differs. "
        "Ends with 1 when something does. Changes nothing without --fix."
    )

    def add_arguments(self, parser):
        parser.add_argument("--fix", action="store_true", help="keep what follows from the rows")

    def handle(self, *, fix, verbosity, **options):
        self.verbosity, self.number = verbosity, ActionPlan.objects.count()
        found = self.look()
        if found and fix:
            put_right(found)
            self.say(f"{len(found)} differences were put right. Looking again …")
            found = self.look()
        if found:
            hint = "" if fix else " To put it right: manage.py check_totals --fix"
            raise CommandError(f"{len(found)} differences.{hint}")
        self.say(f"{self.number} plans: everything that is kept equals the rows.")

    def look(self):
        found = []
        for difference in differences(progress=self.progress):
            self.stdout.write(str(difference))
            # Without its values: of many, only where it is.
            found.append(difference._replace(what="", kept=None, from_rows=None))
        return found

    def progress(self, done):
        if self.verbosity and done % EVERY == 0:
            print(f"{done:,} of {self.number:,} plans …", file=sys.stderr, flush=True)

    def say(self, text):
        if self.verbosity:
            self.stdout.write(text)
