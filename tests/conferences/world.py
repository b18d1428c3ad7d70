"""What the addresses of events, presentations and practices name, for tests that go through all addresses.

Put yours into ARGUMENTS: URL name → function of the world and the state (what stands in brackets in
tests/test_access.py, "" without), which makes the row and returns the arguments of the address.
"""

import io

from django.core.files.base import ContentFile
from PIL import Image

from conferences import documents
from conferences.models import Practice
from tests.conferences import factories


def event(world, state):
    """[hidden]: not published."""
    return [factories.EventFactory(published=state != "hidden").slug]


def recommendation(world, state):
    """[step]: the address of a step."""
    row = factories.RecommendationFactory()
    return [row.event.slug, row.pk, *(["start"] if state == "step" else [])]


def presentation(world, state):
    """[status]: of the world's municipality; accepted without."""
    status = state or "accepted"
    return [factories.PresentationFactory(status=status, municipality=world.place).pk]


def shared_file(world, state):
    owner = factories.EventFactory(published=state != "hidden")
    picture = io.BytesIO()
    Image.new("RGB", (8, 6)).save(picture, "PNG")
    upload = ContentFile(picture.getvalue(), "photo.png")
    by = world.people["staff"]
    return [documents.add(owner=owner, file=upload, kind="photo", title="Opening", by=by).pk]


def draft_of_practice(world, state):
    version = factories.VersionFactory(practice__municipality=world.place)
    return [version.practice.slug, version.number]


def practice(world, state):
    """[draft], [review] or [published]: of the world's municipality."""
    factory = factories.PublishedFactory if state == "published" else factories.VersionFactory
    status = {"status": "review"} if state == "review" else {}
    return [factory(practice__municipality=world.place, **status).practice.slug]


def numbered_version(world, state):
    """[published], [replaced] or [draft]: of the world's municipality."""
    if state == "draft":
        return draft_of_practice(world, state)
    mine = {"practice__municipality": world.place, "status": state}
    version = factories.PublishedFactory(**mine)
    return [version.practice.slug, version.number]


def take_over(world, state):
    """The world's municipality is interested in a practice of another one."""
    practice = factories.PublishedFactory().practice
    row = factories.TakeOverFactory(practice=practice, municipality=world.place)
    return [practice.slug, row.pk]


def remark(world, state):
    [slug] = practice(world, "review")
    version = Practice.objects.get(slug=slug).versions.get()
    return [slug, version.remarks.create(text="x", written_at=version.created_at).pk]


def hall(world, state):
    row = factories.HallFactory()
    return [row.event.slug, row.pk]


def session(world, state):
    row = factories.SessionFactory()
    return [row.event.slug, row.pk]


def accepted(world, state):
    """A presentation that waits for its place in the programme."""
    row = factories.PresentationFactory()
    return [row.event.slug, row.pk]


ARGUMENTS = {
    "conferences:of_place": lambda world, state: [world.place.code],
    "conferences:practice": practice,
    "conferences:practice_version": numbered_version,
    "conferences:take_over": practice,
    "conferences:take_over_remove": take_over,
    "reports:practice_pdf": practice,
    # Programme
    **dict.fromkeys(
        [
            "conferences:event_ics",
            "conferences:now",
            "conferences:programme",
            "conferences:programme_delay",
            "conferences:programme_days",
            "conferences:hall_add",
            "conferences:session_add",
            "conferences:schedule",
            "reports:programme_pdf",
        ],
        event,
    ),
    **dict.fromkeys([f"conferences:hall_{step}" for step in ("edit", "move", "remove")], hall),
    **dict.fromkeys([f"conferences:session_{step}" for step in ("edit", "remove")], session),
    "conferences:schedule_talk": accepted,
    "conferences:unschedule": accepted,
    "conferences:practice_edit": practice,
    "conferences:practice_discard": practice,
    "conferences:practice_version_add": practice,
    "conferences:practice_submit": practice,
    "conferences:practice_review": practice,
    "conferences:practice_approve": practice,
    "conferences:practice_return": practice,
    "conferences:practice_publish": practice,
    "conferences:practice_remark": practice,
    "conferences:practice_answer": remark,
    "conferences:practice_check": practice,
    "conferences:file": shared_file,
    "conferences:file_small": shared_file,
    "conferences:file_remove": shared_file,
    "conferences:event_file_add": event,
    "conferences:presentation_file_add": presentation,
    "conferences:version_file_add": draft_of_practice,
    "conferences:presentation": presentation,
    "conferences:presentation_edit": presentation,
    "conferences:presentation_propose": presentation,
    "conferences:presentation_accept": presentation,
    "conferences:presentation_decline": presentation,
    "conferences:presentation_withdraw": presentation,
    "conferences:propose": event,
    "conferences:proposals": event,
    "conferences:proposals_file": event,
    "conferences:event": event,
    "conferences:event_edit": event,
    "conferences:event_publish": event,
    "conferences:event_unpublish": event,
    "conferences:event_remove": event,
    "conferences:attendance": event,
    "conferences:recommendation_add": event,
    "conferences:recommendation_edit": recommendation,
    "conferences:recommendation_remove": recommendation,
    "conferences:recommendation_step": recommendation,
}


def arguments(world, name, state=""):
    return ARGUMENTS[name](world, state)
