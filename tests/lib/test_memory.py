import gc

from lib.memory import uncollected


def test_nothing_is_looked_for_meanwhile_and_again_afterwards_also_after_an_error():
    was_on = []
    try:
        with uncollected():
            was_on.append(gc.isenabled())
            raise ValueError
    except ValueError:
        was_on.append(gc.isenabled())
    assert was_on == [False, True]
