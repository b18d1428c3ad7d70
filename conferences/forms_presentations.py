"""The parts of the form of a presentation; presentation_entry.py puts them together."""

from urllib.parse import urlsplit

from crispy_forms.layout import Div, Field
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from action_plans.form_fields import kept_input
from action_plans.form_rows import CHOOSE, Rows
from action_plans.forms import helper
from action_plans.models import ActionPlan
from municipalities.models import Municipality

from .conflict import revision_field
from .models import Practice, Presentation

ONLY_WEB = _(
    "A link begins with https:// or http:// and names a site, such as https://example.org/page."
)


def line(**attrs):
    return forms.Textarea(attrs={"rows": 1, "class": "grow", **attrs})


class PresentationForm(forms.ModelForm):
    """plan: the office writes the reference of any plan, a municipality chooses one of its own."""

    revision = revision_field()
    key = forms.UUIDField(required=False, widget=kept_input())

    class Meta:
        model = Presentation
        fields = ["area", "plan", "minutes", "by_municipality", "source", "source_note"]
        widgets = {"source": line(), "source_note": line()}

    OF_OFFICE = ["practice", "by_municipality", "source", "source_note"]
    about = helper(
        Div(
            Field("area", wrapper_class="col-md-5"),
            Field("plan", wrapper_class="col-md-4"),
            Field("minutes", wrapper_class="col-md-3"),
            css_class="row gx-3",
        )
    )
    for_office = helper("practice", "source", "source_note")
    unnamed = helper("by_municipality")
    hidden = helper("revision", "key")

    practice = forms.CharField(
        required=False,
        max_length=200,
        label=_("Best practice"),
        help_text=_("The end of its address: of /practices/clean-water/ it is clean-water."),
    )

    def __init__(self, *args, user, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["area"].choices = [("", pgettext_lazy("service area", "not specified")), *areas]
        self._offer_plans()
        if self.instance.practice_id:
            self.initial["practice"] = self.instance.practice.slug
        self.fields["minutes"].error_messages["required"] = _("Write how many minutes it takes.")
        if self.instance.is_scheduled:
            self.fields["minutes"].disabled = True
            self.fields["minutes"].help_text = _("Its place in the programme says how long it is.")
        if not user.works_for_programme:
            for name in self.OF_OFFICE:
                del self.fields[name]

    def _offer_plans(self):
        plan, current = self.fields["plan"], self.instance.plan_id
        if self.user.works_for_programme:
            self.fields["plan"] = ReferenceField(user=self.user, label=plan.label, required=False)
            self.initial["plan"] = self.instance.plan and self.instance.plan.reference
            return
        seen = ActionPlan.objects.visible_to(self.user).filter(pk=current)
        if current and not seen.exists():
            del self.fields["plan"]  # a partner's plan that is not open yet stays as it is
            return
        own = ActionPlan.objects.of_own_municipality(self.user) | seen
        plan.queryset = own.order_by("-reference").prefetch_related("texts")
        plan.label_from_instance = lambda row: f"{row.reference} · {row.title}"
        plan.empty_label = pgettext_lazy("choice of a plan", "no plan")
        plan.help_text = _("The plan in which your municipality did what you show.")

    def clean_practice(self):
        slug = self.cleaned_data["practice"].strip("/ ").rpartition("/")[2]
        practice = Practice.objects.filter(slug=slug).first()
        if slug and not practice:
            raise ValidationError(_("There is no best practice with this address."))
        return practice

    def facts(self):
        """Columns of Presentation."""
        skipped = {"revision", "key"}
        data = self.cleaned_data
        return {name: data[name] for name in self.fields if name not in skipped and name in data}


class ReferenceField(forms.CharField):
    """J-2018-014, of a plan that this person may see."""

    def __init__(self, *, user, **kwargs):
        help_text = _("Its reference, for example J-2018-014.")
        super().__init__(max_length=40, help_text=help_text, **kwargs)
        self.user = user

    def clean(self, value):
        reference = super().clean(value)
        if not reference:
            return None
        plans = ActionPlan.objects.visible_to(self.user)
        if plan := plans.filter(reference__iexact=reference).first():
            return plan
        raise ValidationError(_("There is no plan with this reference."))


class Row(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.in_row = True

    @property
    def is_removed(self):
        return self["DELETE"].value() in ("on", "true", True)

    def typed(self, name):
        return str(self[name].value() or "").strip() if self.is_bound else ""


class PlaceRow(Row):
    municipality = forms.TypedChoiceField(
        coerce=int,
        label=_("Municipality"),
        error_messages={"required": _("Choose the municipality, or remove the row.")},
    )
    helper = helper("municipality")

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].choices = [CHOOSE, *choices]

    def has_changed(self):
        return bool(self.typed("municipality"))


class SpeakerRow(Row):
    speaker = forms.IntegerField(required=False, min_value=1, widget=kept_input())
    name = forms.CharField(required=False, max_length=150, label=_("Name"))
    role = forms.CharField(
        required=False, max_length=200, label=_("Role, for example: head of the municipality")
    )
    agrees = forms.BooleanField(
        required=False, label=_("The person agrees that the name is published")
    )
    helper = helper(
        "speaker",
        Field("name", wrapper_class="col-md-5"),
        Field("role", wrapper_class="col-md-7"),
        Field("agrees", wrapper_class="col-12"),
    )

    def has_changed(self):
        return bool(self.typed("name") or self.typed("role"))

    def clean(self):
        data = super().clean()
        for name in ("name", "role"):
            data[name] = " ".join(data.get(name, "").split())
        return data


def check_site(url):
    """https://bank.example@other.example leads elsewhere than it reads."""
    if "@" in urlsplit(url).netloc:
        raise ValidationError(ONLY_WEB, code="invalid")


class LinkField(forms.CharField):
    """An address of the web; what would run a script is refused."""

    check = URLValidator(schemes=["http", "https"], message=ONLY_WEB)

    def clean(self, value):
        url = super().clean(value).strip()
        if url and "://" not in url and "." in url.partition("/")[0] and ":" not in url:
            url = f"https://{url}"  # as people write it: example.org/page
        if url:
            self.check(url)
            check_site(url)
        return url


class LinkRow(Row):
    url = LinkField(
        max_length=500,
        label=_("Address"),
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        error_messages={"required": _("Write the address, or remove the row.")},
    )
    title = forms.CharField(required=False, max_length=200, label=_("What it leads to"))
    helper = helper(
        Field("url", wrapper_class="col-md-6"), Field("title", wrapper_class="col-md-6")
    )

    def has_changed(self):
        return bool(self.typed("url") or self.typed("title"))

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())


class PlaceRows(Rows):
    def clean(self):
        chosen = [row.cleaned_data["municipality"] for row in self.live() if row.is_valid()]
        if len(chosen) > len(set(chosen)):
            raise ValidationError(_("A municipality stands here twice. Remove one of the rows."))

    def chosen(self):
        keys = [row.cleaned_data["municipality"] for row in self.live()]
        places = Municipality.objects.in_bulk(keys)
        return [places[pk] for pk in keys]


def _rows(form, formset, most):
    return forms.formset_factory(
        form,
        formset,
        extra=0,
        can_delete=True,
        max_num=most,
        absolute_max=most + 20,
        validate_max=True,
    )


PlaceFormSet = _rows(PlaceRow, PlaceRows, 20)
SpeakerFormSet = _rows(SpeakerRow, Rows, 20)
LinkFormSet = _rows(LinkRow, Rows, 20)
