"""What people see when something does not work. 400 and 500 lean on nothing that could be broken too."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseForbidden
from django.shortcuts import render

PLAIN = {
    status: (settings.BASE_DIR / "templates" / f"{status}.html").read_text()
    for status in (400, 500)
}
# What only another site can send: its own address as the origin.
FORGED = ("Origin checking failed", "Referer checking failed")


def bad_request(request, exception):
    return HttpResponse(PLAIN[400], status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    return HttpResponse(PLAIN[500], status=500)


def csrf_failure(request, reason=""):
    """The page was open too long or the person signed in elsewhere; a forgery gets no words."""
    if reason.startswith(FORGED):
        return HttpResponseForbidden()
    return render(request, "403_csrf.html", status=403)
