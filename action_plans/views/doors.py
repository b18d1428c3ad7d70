"""Who may come in: for others the page does not exist."""

from functools import wraps

from django.http import Http404


def office_only(view):
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.works_for_programme:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped
