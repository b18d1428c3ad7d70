from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import verification

WRONG_LENGTH = _(
    "A SHA-256 hash has 64 characters, 0–9 and a–f. This one has %(number)s characters, "
    "or others among them."
)
BEGINNING = _(
    "This is only the beginning of a hash, and many files may begin so. Choose the file itself, "
    "or copy the whole hash of 64 characters."
)
# Same limit as hashed_upload.MAX_BYTES
TOO_LARGE = _("The file has more than 50 MB; no signed report is so large.")
NOTHING = _("Choose a file, or paste its SHA-256 hash.")


class VerifyForm(forms.Form):
    """A file (as reports.hashed_upload takes it in) or a hash; when both come, the file counts."""

    file = forms.FileField(
        label=_("File of a signed report"),
        required=False,
        help_text=_("PDF, XLSX, CSV or JSON, as it was downloaded; at most 50 MB."),
        error_messages={
            "empty": _(
                "The file is empty. It may not have been downloaded to its end; get it again."
            )
        },
    )
    sha256 = forms.CharField(
        label=_("Or its SHA-256 hash"),
        required=False,
        strip=True,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "font-monospace"}
        ),
    )

    def clean_sha256(self):
        text = self.cleaned_data["sha256"]
        if not text or (sha256 := verification.hash_in(text)):
            return text and sha256
        compact = "".join(text.split())
        if 8 <= len(compact) < 64 and set(compact.lower()) <= set("0123456789abcdef"):
            raise ValidationError(BEGINNING, code="beginning")
        raise ValidationError(WRONG_LENGTH, code="length", params={"number": len(compact)})

    def clean(self):
        typed = super().clean()
        if not self.errors and not typed.get("file") and not typed.get("sha256"):
            raise ValidationError(NOTHING, code="nothing")
        return typed

    @property
    def found(self):
        """What it is, or None: unknown or altered."""
        file = self.cleaned_data.get("file")
        if file:
            return verification.find_upload(file)
        return verification.find(self.cleaned_data["sha256"])

    @property
    def asked_hash(self):
        file = self.cleaned_data.get("file")
        return file.sha256 if file else self.cleaned_data["sha256"]
