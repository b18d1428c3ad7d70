from functools import cache

from .waiting import waiting_count


def inbox(request):
    """How many plans wait for this person; asked only by pages that show it, and once."""
    user = getattr(request, "user", None)

    @cache
    def inbox_count():
        return waiting_count(user) if user and user.is_authenticated else 0

    return {"inbox_count": inbox_count}
