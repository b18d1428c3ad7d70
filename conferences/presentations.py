"""Presentations: proposed by municipalities while the call is open, decided by the office, each step with who and why.

Whoever changes one holds its event first, then the presentation (as conferences/scheduling.py does).
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import BadRequest, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.dates import format_moment

from .conflict import Conflict
from .models import Event, Presentation, PresentationLink, PresentationStatus, PresentationStep
from .presentation_search import fill_search_key
from .presentation_speakers import keep_speakers
from .programme import changed as programme_changed

DRAFT, PROPOSED, ACCEPTED, DECLINED, WITHDRAWN = PresentationStatus
OVER = _(
    "Proposals were taken until %(moment)s. Nothing was saved; what you typed still stands on this page. "
    "Write to the organisers if it should be shown all the same."
)
NOT_BEGUN = _(
    "Proposals are taken from %(moment)s. Nothing was saved; what you typed stands below."
)
NO_CALL = _(
    "No proposals are taken for this event. Nothing was saved; what you typed still stands on this page."
)


@dataclass
class Facts:
    """What the form of a presentation says, beside its texts."""

    plain: dict  # columns of Presentation
    municipalities: list
    speakers: list  # of SpeakerFacts
    links: list = field(default_factory=list)  # of (url, title)


class Step(NamedTuple):
    name: str
    after: str
    before: list
    refusal: str
    of_office: bool = False


STEPS = {
    step.name: step
    for step in [
        Step(
            "propose",
            PROPOSED,
            [DRAFT, WITHDRAWN],
            _("Only a draft or a withdrawn presentation can be proposed. This one is: %(status)s."),
        ),
        Step(
            "accept",
            ACCEPTED,
            [PROPOSED, DECLINED],
            _("Only a proposed or declined presentation can be accepted. This one is: %(status)s."),
            of_office=True,
        ),
        Step(
            "decline",
            DECLINED,
            [PROPOSED, ACCEPTED],
            _("Only a proposed or accepted presentation can be declined. This one is: %(status)s."),
            of_office=True,
        ),
        Step(
            "withdraw",
            WITHDRAWN,
            [DRAFT, PROPOSED, ACCEPTED],
            _("This presentation can no longer be withdrawn. It is: %(status)s."),
        ),
    ]
}


# --- Writing ------------------------------------------------------------------------------------------


def create(*, event_id, facts, texts, after, key, by):
    """A new presentation. The same form sent twice (its key) is one; sent again changed, it is an edit."""
    if existing := Presentation.objects.filter(creation_key=key).first():
        return _create_again(existing, event_id, facts, texts, after, by)
    try:
        return _create(event_id, facts, texts, after, key, by)
    except IntegrityError as error:
        existing = Presentation.objects.filter(creation_key=key).first()
        if isinstance(error, ValidationError) or not existing:
            raise
        return _create_again(existing, event_id, facts, texts, after, by)  # twice at once


@transaction.atomic
def _create(event_id, facts, texts, after, key, by):
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    if after not in starts_of(by):
        raise BadRequest("first status of a presentation")
    check_call(event, by)
    talk = Presentation(event=event, status=after, creation_key=key, created_by=by)
    _write(talk, facts, texts, by)
    _log(talk, "", by)
    return talk


def _create_again(talk, event_id, facts, texts, after, by):
    if talk.created_by_id != by.pk or talk.event_id != event_id:
        raise BadRequest("creation_key of something else")
    talk = save(talk_id=talk.pk, facts=facts, texts=texts, revision=1, by=by)
    if talk.status == DRAFT and after == PROPOSED:
        return take(step="propose", talk_id=talk.pk, seen=talk.revision, by=by)
    return talk


def starts_of(user):
    """How a presentation may begin: the office enters what was shown long ago, too."""
    return [DRAFT, PROPOSED, ACCEPTED] if user.works_for_programme else [DRAFT, PROPOSED]


@transaction.atomic
def save(*, talk_id, facts, texts, revision, by):
    """Over what stood there in `revision`; Conflict when somebody saved a newer one. A double click saves once."""
    talk = _locked(talk_id)
    if not Presentation.objects.editable_by(by).filter(pk=talk.pk).exists():
        raise ValidationError(
            _(
                "Nothing was saved: meanwhile somebody decided about this presentation, it is now: %(status)s. "
                "What you typed still stands below."
            ),
            code="locked",
            params={"status": talk.get_status_display()},
        )
    is_older = revision is None or revision < talk.revision
    conflict = Conflict(Presentation.objects.get(pk=talk.pk)) if is_older else None
    if _write(talk, facts, texts, by) and conflict:
        raise conflict  # and nothing of it is kept
    return talk


def _write(talk, facts, texts, by):
    """True when anything changed; then it counts as a revision."""
    is_new = talk.pk is None
    plain = {n: v for n, v in facts.plain.items() if getattr(talk, n) != v}
    for name, value in plain.items():
        setattr(talk, name, value)
    talk._history_user = by
    if is_new:
        talk.save()
    changed = bool(plain) | _keep_places(talk, facts.municipalities)
    changed |= bool(texts.save(talk, by=by))
    changed |= keep_speakers(talk, facts.speakers, home=_home(talk, facts, by))
    changed |= _keep_links(talk, facts.links)
    if changed and not is_new:
        talk.revision += 1
        talk.save()
    if changed:
        fill_search_key(Presentation.objects.get(pk=talk.pk))
    return changed


def _home(talk, facts, by):
    """Whose people the new speakers are."""
    if by.is_municipal:
        return by.municipality
    return facts.municipalities[0] if facts.municipalities else None


def _keep_places(talk, municipalities):
    wanted = {place.pk for place in municipalities}
    if wanted == set(talk.municipalities.values_list("pk", flat=True)):
        return False
    talk.municipalities.set(wanted)
    return True


def _keep_links(talk, links):
    if links == list(talk.links.values_list("url", "title")):
        return False
    talk.links.all().delete()
    PresentationLink.objects.bulk_create(
        PresentationLink(presentation=talk, url=url, title=title, position=position)
        for position, (url, title) in enumerate(links)
    )
    return True


# --- Steps --------------------------------------------------------------------------------------------


@transaction.atomic
def take(*, step, talk_id, by, reason="", seen=None):
    """propose, accept, decline, withdraw. seen: the revision that the person read before deciding."""
    step, talk = STEPS[step], _locked(talk_id)
    reason = reason.strip()
    if (
        not step_open_to(step.name, by).filter(pk=talk.pk).exists()
        or talk.status not in step.before
    ):
        raise ValidationError(_refusal(step, talk), code="status")
    if step.name == "propose":
        check_call(talk.event, by)
    if step.of_office and seen is not None and seen < talk.revision:
        raise ValidationError(
            _(
                "Somebody changed this presentation while you were reading it. Read it once more, then decide."
            ),
            code="older",
        )
    if step.name == "decline" and not reason:
        raise ValidationError(_("Give a reason. The municipality reads it."), code="required")
    return _go(talk, step, reason, by)


def _go(talk, step, reason, by):
    before, talk.status = talk.status, step.after
    if talk.is_scheduled:  # others may have its place in the programme
        talk.session = talk.starts_at = talk.ends_at = None
        programme_changed(talk.event, by=by)
    talk._history_user = by
    talk.save()
    _log(talk, before, by, reason)
    return talk


def step_open_to(name, user):
    """The presentations on which this person can ever take the step; others are a 404."""
    if not STEPS[name].of_office:
        return Presentation.objects.workable_by(user)
    return Presentation.objects.all() if user.works_for_programme else Presentation.objects.none()


def steps_now(talk, user):
    """{"propose", …: whether this person can take it now}; proposing needs an open call."""
    works = user.is_authenticated and (
        user.works_for_programme
        or Presentation.objects.of_own_municipality(user).filter(pk=talk.pk).exists()
    )
    office = works and user.works_for_programme
    now = {
        name: talk.status in step.before and bool(office if step.of_office else works)
        for name, step in STEPS.items()
    }
    now["propose"] = now["propose"] and bool(office or talk.event.call_is_open())
    return now


def _refusal(step, talk):
    last = talk.steps.select_related("changed_by").first()
    text = step.refusal % {"status": talk.get_status_display()}
    if not last or not last.changed_by:
        return text
    words = {"person": last.changed_by, "moment": format_moment(last.changed_at)}
    return f"{text} {_('Last step: %(person)s, %(moment)s.') % words}"


def _log(talk, before, by, reason=""):
    PresentationStep.objects.create(
        presentation=talk,
        before=before,
        after=talk.status,
        reason=reason,
        changed_at=timezone.now(),
        changed_by=by,
    )


# --- The call ---------------------------------------------------------------------------------------


def check_call(event, by, *, at=None):
    """The office enters presentations at any time; a municipality only while the call is open."""
    if by.works_for_programme or event.call_is_open(at=at):
        return
    at = at or timezone.now()
    opens, closes = event.call_opens_at, event.call_closes_at
    if opens and at < opens:
        raise _closed(NOT_BEGUN, opens)
    if closes and at >= closes:
        raise _closed(OVER, closes)
    raise ValidationError(NO_CALL, code="closed")


def _closed(text, moment):
    return ValidationError(text, code="closed", params={"moment": format_moment(moment)})


def _locked(talk_id):
    event_id = Presentation.objects.values_list("event", flat=True).get(pk=talk_id)
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    talk = Presentation.objects.select_for_update(of=("self",)).get(pk=talk_id)
    talk.event = event
    return talk
