import gc
from contextlib import contextmanager


@contextmanager
def uncollected():
    """While a lot is made that is kept: looking again and again for what nobody needs takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
