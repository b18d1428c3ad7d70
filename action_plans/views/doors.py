"""Who may come in: for others the page does not exist."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.utils.translation import gettext as _

from action_plans import periods


def office_only(view):
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.works_for_programme:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def say_closed(request, plan, *days):
    """What is recorded now with a day in a closed period is known from now on; what was signed stays."""
    closed = {periods.closed_on(plan.phase_id, day) for day in days if day} - {None}
    for period in sorted(closed, key=lambda period: period.starts_on):
        text = _(
            "The period %(period)s is closed, so its report stays as it was. Reports that are made from now on "
            "know of this change."
        )
        messages.info(request, text % {"period": period})
