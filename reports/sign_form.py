import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """Who signs, as it will stand under the report."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("First name and surname, as they will stand under the report."),
        error_messages={"required": _("Type your name: it stands under the report.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    role = forms.CharField(
        label=_("Your role"),
        max_length=150,
        help_text=_("For example: head of the programme."),
        error_messages={"required": _("Type the role in which you sign.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    # SHA-256 of the figures on the page, so that nobody signs others.
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_name(self):
        return self._readable("name")

    def clean_role(self):
        return self._readable("role")

    def _readable(self, name):
        """Without letters that nobody sees or that turn the line around; nothing but those is empty."""
        typed = self.cleaned_data[name]
        seen = "".join(char for char in typed if unicodedata.category(char) not in ("Cc", "Cf"))
        if not any(map(str.isalpha, seen)):
            self.add_error(name, self.fields[name].error_messages["required"])
        return seen.strip()
