from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lib import triggers


class ConferencesConfig(AppConfig):
    name = "conferences"
    verbose_name = _("Conferences")

    def ready(self):
        from .triggers import GUARDS  # noqa: PLC0415 -- models are loaded now

        triggers.keep(GUARDS, self)
