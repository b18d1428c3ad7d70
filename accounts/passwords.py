from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's rule in words of ours: its own have no Kyrgyz."""

    def get_error_message(self):
        return _("The password is too short: it needs at least %(number)s characters.") % {
            "number": self.min_length
        }
