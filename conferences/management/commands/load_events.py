from django.core.management.base import BaseCommand, CommandError

from conferences.loading import load_events


class Command(BaseCommand):
    help = (
        "Loads the events, talks and recommendations that sources tell of, with their citations, from fixtures/. "
        "Can be run again: what is there already is left as it is. Needs load_registry and load_reference first."
    )

    def handle(self, *, verbosity, **options):
        try:
            done = load_events()
        except ValueError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            for model, counts in done.items():
                name = model._meta.verbose_name_plural
                self.stdout.write(
                    f"{name}: {counts['new']} new, {counts['unchanged']} there already"
                )
