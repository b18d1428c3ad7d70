"""What the page of a presentation shows to this reader."""

from django.utils.functional import SimpleLazyObject

from action_plans.models import ActionPlan

from . import presentations
from .models import DocumentKind, Practice, Presentation


def context_of(talk, user):
    works = Presentation.objects.workable_by(user).filter(pk=talk.pk).exists()
    documents = list(talk.documents.all())
    may_edit = works and Presentation.objects.editable_by(user).filter(pk=talk.pk).exists()
    return {
        "talk": talk,
        "text": talk.text,
        "event": talk.event,
        "plan": _seen(ActionPlan, talk.plan, user) if user.is_authenticated else None,
        "practice": _readable(talk.practice, user),
        "photos": [each for each in documents if each.kind == DocumentKind.PHOTO],
        "documents": [each for each in documents if each.kind != DocumentKind.PHOTO],
        "works": works,
        "may_edit": may_edit,
        "may_remove": may_edit,
        "may_add": works and (talk.takes_files or user.works_for_programme),
        "may": presentations.steps_now(talk, user),
        "steps": SimpleLazyObject(lambda: list(talk.steps.select_related("changed_by"))),
        "is_office": user.is_authenticated and user.works_for_programme,
        "waits_for_call": _waits_for_call(talk, works, user),
    }


def _waits_for_call(talk, works, user):
    """A draft of a municipality that cannot be sent now: say so instead of a missing button."""
    is_draft = talk.status in presentations.STEPS["propose"].before
    return works and is_draft and user.is_municipal and not talk.event.call_is_open()


def _seen(model, row, user):
    return row if row and model.objects.visible_to(user).filter(pk=row.pk).exists() else None


def _readable(practice, user):
    """The practice with its title; nothing while nobody may read it."""
    if not _seen(Practice, practice, user):
        return None
    versions = practice.versions.visible_to(user).prefetch_related("texts")
    return versions.first()


def proposal_rows(talks):
    """With everything the office reads of a proposal."""
    return talks.for_list().select_related("plan").prefetch_related("links", "steps__changed_by")
