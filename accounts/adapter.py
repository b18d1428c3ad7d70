import logging

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from .middleware import LANGUAGE_SESSION_KEY

logger = logging.getLogger(__name__)


class InvitedOnly(DefaultAccountAdapter):
    """allauth's way of signing in, for people who were invited, in their language."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Check both, or choose a new password."
        ),
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes, then try again, or choose a new password."
        ),
        "enter_current_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request):
        return False

    def login(self, request, user):
        super().login(request, user)
        if user.language and LANGUAGE_SESSION_KEY not in request.session:
            request.session[LANGUAGE_SESSION_KEY] = user.language
            translation.activate(user.language)

    def get_password_change_redirect_url(self, request):
        return "/"

    def send_password_reset_mail(self, user, email, context):
        try:
            with translation.override(user.language or translation.get_language()):
                super().send_password_reset_mail(user, email, context)
        except OSError:  # SMTPException is one
            logger.exception("The mail with the link for a new password could not be sent.")
            messages.error(
                self.request, _("The mail could not be sent just now. Try again in a few minutes.")
            )
