from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lib import triggers


class ConferencesConfig(AppConfig):
    name = "conferences"
    verbose_name = _("Conferences")

    def ready(self):
        from .programme_triggers import GUARDS as PROGRAMME  # noqa: PLC0415 -- models are loaded now
        from .triggers import GUARDS  # noqa: PLC0415

        triggers.keep(GUARDS, self)
        triggers.keep(PROGRAMME, self)
