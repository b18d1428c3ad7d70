"""How a person gets in: a link by mail, which works once and for PASSWORD_RESET_TIMEOUT."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from .models import User


class InvitationTokenGenerator(PasswordResetTokenGenerator):
    """Void as soon as a password is set; never valid as a link for a new password, nor the reverse."""

    key_salt = "accounts.invitations"


tokens = InvitationTokenGenerator()


def uid(person):
    return urlsafe_base64_encode(force_bytes(person.pk))


def path(person, token=None):
    return reverse("account_invitation", args=[uid(person), token or tokens.make_token(person)])


def invited_person(uidb64):
    try:
        return User.objects.invited().filter(pk=int(urlsafe_base64_decode(uidb64))).first()
    except (ValueError, OverflowError):
        return None


def send(*, person, by, link):
    """Write to a person in their language; OSError when the mail server does not take it."""
    until = timezone.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    with translation.override(person.language or translation.get_language()):
        text = render_to_string(
            "accounts/invitation_mail.txt",
            {"person": person, "by": by, "link": link, "until": until},
        )
        send_mail(_("Your access to the service plans"), text, None, [person.email])
