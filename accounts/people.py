"""Who belongs here: changing a person, switching one off and on."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .models import Role, User


@transaction.atomic
def switch(*, person_id, by, active):
    administrators = _lock_administrators()
    person = User.objects.select_for_update().get(pk=person_id)
    if not active:
        _refuse_loss(person, by, administrators)
    person.is_active = active
    person.save(update_fields=["is_active", "is_staff", "is_superuser"])
    return person


@transaction.atomic
def save_changes(*, person, by):
    """Save a person as changed in a form; the role is checked once more, now that others must wait."""
    administrators = _lock_administrators()
    if person.role != Role.ADMINISTRATOR:
        _refuse_loss(person, by, administrators)
    person.save()
    return person


def refuse_loss_of_administration(*, person, by):
    _refuse_loss(person, by, set(User.objects.active_administrators().values_list("pk", flat=True)))


def _refuse_loss(person, by, administrators):
    """Nobody locks the portal's last administrator out, and nobody themselves."""
    if person.pk not in administrators:
        return
    if person.pk == by.pk:
        raise ValidationError(
            _("You cannot take the administration from yourself. Another administrator can.")
        )
    if administrators == {person.pk}:
        raise ValidationError(_("This is the last administrator. Name another one first."))


def _lock_administrators():
    locked = User.objects.active_administrators().select_for_update().order_by("pk")
    return {administrator.pk for administrator in locked}
