from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conferences.loading import load_events
from conferences.sample import load_sample


class Command(BaseCommand):
    help = (
        "Loads the events, talks and recommendations that sources tell of, with their citations, from fixtures/. "
        "Can be run again: what is there already is left as it is. Needs load_registry and load_reference first."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--sample",
            action="store_true",
            help="with sample practices and events, where the sample plans are; only where TRIAL is set",
        )

    def handle(self, *, verbosity, sample, **options):
        if sample and not settings.TRIAL:
            raise CommandError(
                "Samples are for trying the portal out and never go into production."
            )
        try:
            done = load_events()
            if sample:
                load_sample()
        except ValueError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            for model, counts in done.items():
                name = model._meta.verbose_name_plural
                self.stdout.write(
                    f"{name}: {counts['new']} new, {counts['unchanged']} there already"
                )
