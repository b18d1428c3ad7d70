"""What the addresses of events, presentations and practices name, for tests that go through all addresses.

Put yours into ARGUMENTS: URL name → function of the world and the state (what stands in brackets in
tests/test_access.py, "" without), which makes the row and returns the arguments of the address.
"""

from tests.conferences import factories


def event(world, state):
    """[hidden]: not published."""
    return [factories.EventFactory(published=state != "hidden").slug]


ARGUMENTS = {}


def arguments(world, name, state=""):
    return ARGUMENTS[name](world, state)
