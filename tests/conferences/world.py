"""What the addresses of events, presentations and practices name, for tests that go through all addresses.

Put yours into ARGUMENTS: URL name → function of the world and the state (what stands in brackets in
tests/test_access.py, "" without), which makes the row and returns the arguments of the address.
"""

from tests.conferences import factories


def event(world, state):
    """[hidden]: not published."""
    return [factories.EventFactory(published=state != "hidden").slug]


def recommendation(world, state):
    """[step]: the address of a step."""
    row = factories.RecommendationFactory()
    return [row.event.slug, row.pk, *(["start"] if state == "step" else [])]


ARGUMENTS = {
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
