from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import invitations
from .forms import PasswordFromKeyForm
from .middleware import LANGUAGE_SESSION_KEY

TOKEN_SESSION_KEY = "invitation_token"
IN_SESSION = "set-password"  # stands in the address instead of the token


@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, uidb64, token):
    person = invitations.invited_person(uidb64)
    secret = request.session.get(TOKEN_SESSION_KEY, "") if token == IN_SESSION else token
    if not person or not invitations.tokens.check_token(person, secret):
        return _void(request, uidb64)
    if token != IN_SESSION:
        return _hide_token(request, person, token)
    form = PasswordFromKeyForm(request.POST if request.method == "POST" else None, user=person)
    if form.is_valid():
        form.save()
        return _welcome(request, person)
    return render(request, "accounts/invitation.html", {"person": person, "form": form})


def _hide_token(request, person, token):
    """The address of the next page holds no token that a Referer header or a screenshot could tell."""
    request.session[TOKEN_SESSION_KEY] = token
    if person.language:
        request.session.setdefault(LANGUAGE_SESSION_KEY, person.language)
    return redirect(invitations.path(person, IN_SESSION))


def _welcome(request, person):
    request.session.pop(TOKEN_SESSION_KEY, None)
    get_adapter(request).login(request, person)
    messages.success(request, _("Your password is set and you are signed in."))
    return redirect("home")


def _void(request, uidb64):
    if request.user.is_authenticated and invitations.uid(request.user) == uidb64:
        return redirect("home")  # the second click on the button, or an old mail
    return render(request, "accounts/invitation_void.html")
