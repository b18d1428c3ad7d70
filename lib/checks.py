from django.apps import apps
from django.core.checks import Warning, register
from django.db import models

OUR_APPS = {"municipalities", "accounts", "action_plans", "conferences", "reports"}
DJANGO_NAMED_THEM = {"accounts.User.last_login", "accounts.User.date_joined"}


@register()
def dates_say_what_they_are(app_configs, **kwargs):
    """DateTimeField ends in _at, DateField in _on."""
    for field in our_fields():
        if isinstance(field, models.DateTimeField):
            suffix = "_at"
        elif isinstance(field, models.DateField):
            suffix = "_on"
        else:
            continue
        if not f"_{field.name}".endswith(suffix) and str(field) not in DJANGO_NAMED_THEM:
            yield Warning(f"{field} should end in {suffix}", obj=field.model, id="house.W001")


def our_fields():
    """Fields of our own models; the Historical… ones are written by django-simple-history."""
    for model in apps.get_models():
        ours = model._meta.app_label in OUR_APPS
        if ours and not model.__name__.startswith("Historical"):
            yield from model._meta.get_fields()
