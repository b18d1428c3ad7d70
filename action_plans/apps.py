from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lib import triggers


class ActionPlansConfig(AppConfig):
    name = "action_plans"
    verbose_name = _("Action plans")

    def ready(self):
        from .triggers import GUARDS  # noqa: PLC0415 -- models are loaded now

        triggers.keep(GUARDS, self)
