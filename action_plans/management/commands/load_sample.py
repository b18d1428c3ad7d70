from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Role, User
from action_plans.sample import SampleError, load_sample


class Command(BaseCommand):
    help = (
        "Loads the sample set into a portal without plans: 38 plans of phase I, sourced values as published, "
        "everything else marked as sample, and some plans that wait for somebody. Only where TRIAL is set."
    )

    def handle(self, *, verbosity, **options):
        if not settings.TRIAL:
            raise CommandError(
                "The sample set is for trying the portal out and never goes into production. "
                "A production portal starts with load_registry and load_reference."
            )
        try:
            loaded = load_sample(
                confirmed_by=User.objects.filter(role=Role.STAFF).order_by("pk").first()
            )
        except SampleError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if verbosity:
            done = "The sample set was loaded." if loaded else "The sample set is there already."
            self.stdout.write(done)
