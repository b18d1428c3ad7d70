from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lib.htmx import render_page_or_partial

from . import invitations
from .forms import InviteForm, PeopleFilterForm, PersonForm
from .middleware import CODES, LANGUAGE_SESSION_KEY
from .models import User
from .people import switch

YEAR = 365 * 24 * 3600


def administrators_only(view):
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@administrators_only
@require_safe
def people(request):
    form = PeopleFilterForm(request.GET)
    persons = form.filter(User.objects.for_list()).order_by("email")
    page = Paginator(persons, 50).get_page(request.GET.get("page"))
    return render_page_or_partial(
        request, "accounts/people.html", {"form": form, "page": page}, partial="results"
    )


@administrators_only
def invite(request):
    form = InviteForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_valid() and (person := form.save_invited()):
        _send_invitation(request, person)
        return redirect(person)
    return render(request, "accounts/person_form.html", {"form": form})


@administrators_only
def person(request, pk):
    person = get_object_or_404(User.objects.for_list(), pk=pk)
    data = request.POST if request.method == "POST" else None
    form = PersonForm(data, instance=person, by=request.user)
    if form.is_valid() and form.save_changes():
        messages.success(request, _("The changes were saved."))
        return redirect("accounts:people")
    return render(request, "accounts/person_form.html", {"form": form, "person": person})


@administrators_only
@require_POST
def invite_again(request, pk):
    person = get_object_or_404(User.objects.invited(), pk=pk)
    _send_invitation(request, person)
    return redirect(person)


@administrators_only
def person_switch(request, pk):
    """Asks first; then switches off who is on, and on who is off, as the button said."""
    person = get_object_or_404(User.objects.for_list(), pk=pk)
    if request.method != "POST":
        return render(request, "accounts/person_switch.html", {"person": person})
    try:
        person = switch(person_id=pk, by=request.user, active=request.POST.get("to") == "active")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(person)
    said = _("%(name)s can sign in.") if person.is_active else _("%(name)s can no longer sign in.")
    messages.success(request, said % {"name": person})
    return redirect("accounts:people")


def _send_invitation(request, person):
    link = request.build_absolute_uri(invitations.path(person))
    try:
        invitations.send(person=person, by=request.user, link=link)
    except OSError:
        text = _("%(name)s is entered, but the mail could not be sent. Invite again later.")
        messages.error(request, text % {"name": person})
        return
    text = _("The invitation was sent to %(email)s.") % {"email": person.email}
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        text += " " + _("This portal has no mail server: the mail lies in the folder var/mail.")
    messages.success(request, text)


# --- Language and look: for everybody, also before signing in ------------------------------------


@login_not_required
@require_POST
def set_language(request):
    language = request.POST.get("language")
    if language not in CODES:
        return HttpResponseBadRequest()
    request.session[LANGUAGE_SESSION_KEY] = language
    if request.user.is_authenticated and request.user.language != language:
        User.objects.filter(pk=request.user.pk).update(language=language)
    translation.activate(language)
    response = HttpResponseRedirect(_safe_next(request))
    return _remember(response, settings.LANGUAGE_COOKIE_NAME, language)


@login_not_required
@require_POST
def set_theme(request):
    theme = request.POST.get("theme")
    if theme not in ("", "light", "dark"):
        return HttpResponseBadRequest()
    return _remember(HttpResponseRedirect(_safe_next(request)), "theme", theme)


def _remember(response, name, value):
    response.set_cookie(
        name,
        value,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _safe_next(request):
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe and address.startswith("/") else "/"
