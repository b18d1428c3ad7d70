"""Here, not in action_plans: the published figures belong to the reports."""

from django.core.management.base import BaseCommand
from django.db import transaction

from action_plans import loading
from reports.loading import load_published_figures, load_report_templates


class Command(BaseCommand):
    help = (
        "Loads programme, phases, service areas, published figures and templates of reports from fixtures/. "
        "Can be run again: updates by code, never deletes, leaves templates that are there as they are, and "
        "says what it did."
    )

    @transaction.atomic
    def handle(self, *, verbosity, **options):
        done = loading.load_reference() | load_published_figures() | load_report_templates()
        if verbosity:
            for model, counts in done.items():
                self.stdout.write(f"{model._meta.verbose_name_plural}: {in_words(counts)}")


def in_words(counts):
    return ", ".join(f"{counts[what]} {what}" for what in ("new", "changed", "unchanged"))
