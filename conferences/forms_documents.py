"""The form of one file."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.uploads import KINDS, PICTURES, SLIDES, endings_of

from .models import DocumentKind, Event, PracticeVersion, Presentation

KINDS_OF = {
    Event: ["photo", "programme", "minutes", "slides", "other"],
    Presentation: ["slides", "photo", "other"],
    PracticeVersion: ["photo", "model", "legal_act", "other"],
}
EVERY_KIND = [*KINDS, *(kind for kind in SLIDES if kind not in KINDS)]
ACCEPT = ",".join(f".{ending}" for kind in EVERY_KIND for ending in kind.endings)


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(
        label=pgettext_lazy("kind of document", "Kind"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ACCEPT, "class": "form-control"}),
    )
    title = forms.CharField(
        label=pgettext_lazy("name of a document", "Title"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        help_text=_("Of a photo: what it shows; people who do not see it read this."),
    )
    credit = forms.CharField(
        label=_("Photo by"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args, owner, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = KINDS_OF[type(owner)]
        self.fields["kind"].choices = [(kind, DocumentKind(kind).label) for kind in kinds]
        self.fields["file"].help_text = _(
            "Photos: %(photos)s. Slides: %(slides)s. Papers: %(papers)s. At most 20 MB. "
            "Of a picture nothing is kept but what it shows: not where it was taken, nor with which phone."
        ) % {
            "photos": endings_of(PICTURES),
            "slides": endings_of(SLIDES),
            "papers": endings_of(KINDS),
        }

    @property
    def file_is_gone(self):
        """A browser does not keep a file when the form comes back."""
        return self.is_bound and bool(self.files)
