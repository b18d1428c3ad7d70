"""The public page that says whether a file or a hash is that of a signed report.

It changes nothing, so it needs no token of a form: an auditor may send a file with any program. A token would
also be read out of the file that is being sent, before anybody could say that it is too large.
"""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from reports import hashed_upload, signed_reports
from reports.verify_form import TOO_LARGE, VerifyForm

# Counted in the cache, so per worker process.
RATE = {"verify": "30/m/ip"}


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    if request.method != "POST" and "sha256" not in request.GET:
        return _page(request, VerifyForm())
    if not ratelimit.consume(request, app="reports", action="verify", config=RATE, limit_get=True):
        return ratelimit.respond_429(request)
    if request.method != "POST":
        return _page(request, VerifyForm(request.GET))
    if hashed_upload.is_too_large(request):
        hashed_upload.hear_out(request)
        return _page(request, VerifyForm(), is_too_large=True, status=413)
    request.upload_handlers = [hashed_upload.Hashing(request)]
    return _page(request, VerifyForm(request.POST, request.FILES))


def _page(request, form, *, is_too_large=False, status=200):
    context = {
        "form": form,
        "too_large": TOO_LARGE,
        "is_too_large": is_too_large,
        "limit": hashed_upload.MAX_BYTES,
    }
    if form.is_bound and form.is_valid():
        found = form.found
        seen = signed_reports.visible_to(request.user)
        context |= {
            "answered": True,
            "found": found,
            "asked_hash": form.asked_hash,
            "may_open": found and seen.filter(pk=found.report.pk).exists(),
        }
    return render(request, "reports/verify.html", context, status=status)
