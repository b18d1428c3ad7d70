"""What is worth keeping and must not be shared between threads."""

import threading
from functools import wraps


def once_per_thread(build):
    """Call a function without arguments once in each thread.

    For querysets with subqueries that take longer to put together than to ask: Django changes a query while
    it writes its SQL and changes it back, so two threads must not hold the same one.
    """
    kept = threading.local()

    @wraps(build)
    def built():
        if not hasattr(kept, "it"):
            kept.it = build()
        return kept.it

    return built
