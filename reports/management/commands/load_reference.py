"""Here, not in action_plans: the published figures belong to the reports."""

from django.core.management.base import BaseCommand
from django.db import transaction

from action_plans import loading
from reports.loading import load_published_figures


class Command(BaseCommand):
    help = (
        "Loads programme, phases, service areas and published figures from fixtures/. Can be run again: "
        "updates by code, never deletes, and says what it did."
    )

    @transaction.atomic
    def handle(self, *, verbosity, **options):
        done = loading.load_reference() | load_published_figures()
        if verbosity:
            for model, counts in done.items():
                self.stdout.write(f"{model._meta.verbose_name_plural}: {in_words(counts)}")


def in_words(counts):
    return ", ".join(f"{counts[what]} {what}" for what in ("new", "changed", "unchanged"))
