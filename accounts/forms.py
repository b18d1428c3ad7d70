from itertools import groupby

from allauth.account import forms as allauth
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality, current_language

from . import people
from .models import Role, User

# --- Signing in: allauth's forms without placeholders, which vanish when one types ------------


class LoginForm(allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""  # the way to a new one stands below the form


class PasswordChangeForm(allauth.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""
        _label_new_password(self)


class PasswordResetForm(allauth.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["email"].label = _("E-mail")


class PasswordFromKeyForm(allauth.ResetPasswordKeyForm):
    """Behind a link from a mail: the first password of an invited person, or a new one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self)
        _label_new_password(self)


def _plain(form):
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


def _label_new_password(form):
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = _(
        "At least 8 characters, not only digits, and nothing that is easy to guess."
    )
    form.fields["password2"].label = _("New password, once more")


# --- People -----------------------------------------------------------------------------------


class PeopleFilterForm(forms.Form):
    q = forms.CharField(required=False, max_length=100, label=_("Name, e-mail or municipality"))

    def filter(self, persons):
        return persons.search(self.cleaned_data["q"]) if self.is_valid() else persons.none()


class ByRegion(forms.models.ModelChoiceIterator):
    def __iter__(self):
        yield "", self.field.empty_label
        for region, places in groupby(self.queryset, key=lambda place: place.region):
            yield region.name, [self.choice(place) for place in places]


class MunicipalityField(forms.ModelChoiceField):
    """A list of the whole country, by region; works without a script."""

    iterator = ByRegion

    def label_from_instance(self, place):
        return f"{place.name} ({place.district.name})" if place.district else place.name


class PersonForm(forms.ModelForm):
    municipality = MunicipalityField(
        Municipality.objects.none(),
        required=False,
        label=_("Municipality"),
        empty_label=_("No municipality"),
        help_text=_("Only for a municipal head or officer."),
    )

    class Meta:
        model = User
        fields = ["name", "role", "may_sign", "may_reopen", "municipality", "language"]
        labels = {
            "name": _("Name"),
            "role": _("Role"),
            "may_sign": _("Approver"),
            "may_reopen": _("Opens closed periods again"),
        }
        error_messages = {
            "email": {
                "unique": _(
                    "There is already a person with this e-mail address. Find them in the list of people."
                )
            }
        }

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["municipality"].queryset = self._municipalities()
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["language"].label = _("Language of mails and pages")
        self.fields["language"].required = True
        self.initial["language"] = self.initial.get("language") or current_language()

    def _municipalities(self):
        current = Q(gone_on=None) | Q(pk=self.instance.municipality_id)
        language = current_language()
        return (
            Municipality.objects.filter(current)
            .select_related("region", "district")
            .order_by(f"region__sort_{language}", f"sort_{language}", "code")
        )

    def clean_role(self):
        role = self.cleaned_data["role"]
        if self.instance.pk and role != Role.ADMINISTRATOR:
            people.refuse_loss_of_administration(person=self.instance, by=self.by)
        return role

    def save_changes(self):
        try:
            people.save_changes(person=self.instance, by=self.by)
        except ValidationError as refusal:  # somebody changed the administrators meanwhile
            self.add_error("role", refusal)
        return not self.errors


class InviteForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ["name", "email", *PersonForm.Meta.fields[1:]]
        labels = {**PersonForm.Meta.labels, "email": _("E-mail")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def save_invited(self):
        self.instance.set_unusable_password()
        try:
            with transaction.atomic():
                return self.save()
        except IntegrityError:  # a double click, or another administrator at the same moment
            self.add_error("email", self.fields["email"].error_messages["unique"])
            return None
