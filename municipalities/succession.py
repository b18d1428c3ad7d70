"""What became of a place: merged, split, renamed or declared void. Its page and its plans stay."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from .models import Municipality, Succession

VOIDED = Succession.Kind.VOIDED


@transaction.atomic
def succeed(*, predecessor, successor, kind, on=None, source=""):
    refuse_impossible(predecessor=predecessor, successor=successor, kind=kind)
    succession = Succession(
        predecessor=predecessor, successor=successor, kind=kind, on=on, source=source
    )
    succession.full_clean()
    succession.save()
    return succession


def refuse_impossible(*, predecessor, successor, kind):
    """No place comes after itself, at any remove; only a decree that voids a merger leads back."""
    if predecessor == successor:
        raise ValidationError(_("A place cannot be its own successor."))
    names = {"predecessor": predecessor.name, "successor": successor.name}
    back = Succession.objects.filter(predecessor=successor, successor=predecessor)
    if kind == VOIDED and back.exclude(kind=VOIDED).exists():
        return
    if successor.pk in Municipality.objects.with_predecessors(predecessor.pk):
        raise ValidationError(
            _("%(successor)s already comes before %(predecessor)s, so it cannot come after it.")
            % names
        )


def standing(successions):
    """Without those that a later decree declared void: of these the predecessor is itself again."""
    voided = Succession.objects.filter(
        predecessor=OuterRef("successor"), successor=OuterRef("predecessor"), kind=VOIDED
    )
    return successions.filter(~Exists(voided))
