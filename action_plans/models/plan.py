from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from lib.choices import label_of
from lib.dates import Precision
from lib.money import MAX_KGS, share
from lib.ordering import ListIndex
from lib.spelling import fold_words
from municipalities.models import Municipality, current_language

from .parts import PlanMunicipality
from .reference import Phase
from .totals import PROMISED, RECEIVED, Money


class PlanStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("plan status", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("plan status", "Submitted")
    RETURNED = "returned", pgettext_lazy("plan status", "Returned")
    APPROVED = "approved", pgettext_lazy("plan status", "Approved")
    IMPLEMENTATION = "implementation", pgettext_lazy("plan status", "In implementation")
    COMPLETED = "completed", pgettext_lazy("plan status", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("plan status", "Cancelled")


class StatedBase(models.TextChoices):
    COST = "cost", pgettext_lazy("base of a share", "of the planned cost")
    GRANT = "grant", pgettext_lazy("base of a share", "of the grant")


# Programme totals count these; drafts never.
COUNTED = [PlanStatus.APPROVED, PlanStatus.IMPLEMENTATION, PlanStatus.COMPLETED]
OPEN_TO_EDIT = [PlanStatus.DRAFT, PlanStatus.RETURNED]


class ActionPlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Office: all. Others: what was approved, and every plan of the own municipality."""
        if user.works_for_programme:
            return self
        approved = Q(status__in=COUNTED) | Q(status=PlanStatus.CANCELLED, approved_at__isnull=False)
        if not user.is_municipal:
            return self.filter(approved)
        return self.filter(approved | self._own(user))

    def _own(self, user):
        # Not a join: a joint plan must not come twice.
        own = PlanMunicipality.objects.filter(municipality__in=user.municipality_ids)
        return Q(Exists(own.filter(plan=OuterRef("pk"))))

    def of_own_municipality(self, user):
        return self.filter(self._own(user)) if user.is_municipal else self.none()

    def workable_by(self, user):
        """Plans this person works on: the office on all, a municipality on its own."""
        return self if user.works_for_programme else self.of_own_municipality(user)

    def editable_by(self, user):
        """Drafts and returned plans; what was approved is never edited in place."""
        return self.workable_by(user).filter(status__in=OPEN_TO_EDIT)

    def submittable_by(self, user):
        return self.editable_by(user) if user.submits_plans else self.none()

    def reviewable_by(self, user):
        """Can be approved or returned."""
        return self.filter(status=PlanStatus.SUBMITTED) if user.works_for_programme else self.none()

    def startable_by(self, user):
        return self.filter(status=PlanStatus.APPROVED) if user.works_for_programme else self.none()

    def completable_by(self, user):
        return (
            self.filter(status=PlanStatus.IMPLEMENTATION)
            if user.works_for_programme
            else self.none()
        )

    def cancellable_by(self, user):
        after_submission = [
            PlanStatus.SUBMITTED,
            PlanStatus.RETURNED,
            PlanStatus.APPROVED,
            PlanStatus.IMPLEMENTATION,
        ]
        return self.filter(status__in=after_submission) if user.works_for_programme else self.none()

    def was_approved(self):
        # Same rule as ActionPlan.was_approved
        return self.filter(
            Q(status__in=COUNTED) | Q(status=PlanStatus.CANCELLED, approved_at__isnull=False)
        )

    def payable_by(self, user):
        """The office and the plan's own municipality record money, from approval on."""
        return self.workable_by(user).was_approved()

    def money_kept_by(self, user):
        """Promises and budgets are revised, goods in kind verified, by the office."""
        return self.was_approved() if user.works_for_programme else self.none()

    def counted(self):
        return self.filter(status__in=COUNTED)

    def search(self, words):
        """Nothing for words without letters or digits."""
        folded = fold_words(words)
        for word in folded:
            self = self.filter(search_key__contains=word)
        return self if folded else self.none()

    def under_minimum(self):
        # Same rule as ActionPlan.is_under_minimum, which action_plans.totals keeps.
        return self.filter(is_under_minimum=True)

    def for_list(self):
        return self.select_related("phase", "lead__region", "lead__district").prefetch_related(
            "texts", "areas__area"
        )


class ActionPlan(Money):
    reference = models.CharField(_("reference"), max_length=20, unique=True, editable=False)
    phase = models.ForeignKey(
        Phase, on_delete=models.PROTECT, related_name="plans", verbose_name=_("phase")
    )
    status = models.CharField(
        _("status"), choices=PlanStatus, default=PlanStatus.DRAFT, max_length=20, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    # Kept from the row in municipalities that leads; many pages need only this one.
    lead = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        related_name="led_plans",
        editable=False,
        verbose_name=_("municipality"),
    )
    villages = models.TextField(_("villages"), blank=True, help_text=_("Separated by commas."))
    cost_kgs = models.DecimalField(
        _("planned cost, som"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    starts_on = models.DateField(_("start"), null=True, blank=True)
    starts_precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    ends_on = models.DateField(_("end"), null=True, blank=True)
    ends_precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    started_on = models.DateField(_("started on"), null=True, blank=True, editable=False)
    completed_on = models.DateField(_("completed on"), null=True, blank=True, editable=False)
    completed_precision = models.CharField(
        max_length=5, choices=Precision, default=Precision.DAY, editable=False
    )
    year = models.PositiveSmallIntegerField(_("year of the start"), null=True, editable=False)

    beneficiaries_total = models.PositiveIntegerField(
        _("people who benefit"), null=True, blank=True
    )
    beneficiaries_women = models.PositiveIntegerField(_("women"), null=True, blank=True)
    beneficiaries_men = models.PositiveIntegerField(_("men"), null=True, blank=True)
    beneficiaries_children = models.PositiveIntegerField(_("children"), null=True, blank=True)

    under_minimum_reason = models.TextField(_("reason for a share under the minimum"), blank=True)
    under_minimum_at = models.DateTimeField(null=True, blank=True, editable=False)
    under_minimum_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # The form's own key: the same form sent twice makes one plan.
    creation_key = models.UUIDField(null=True, unique=True, editable=False)

    source = models.TextField(
        _("source"), blank=True, help_text=_("Where these facts were published.")
    )
    source_note = models.TextField(_("note on the source"), blank=True)
    # What a source printed, never mixed with what is computed: 150 % of the grant is 60 % of the cost.
    stated_own_share = models.DecimalField(
        _("own contribution as the source states it, %"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
    )
    stated_base = models.CharField(
        _("… of what"), choices=StatedBase, max_length=10, blank=True, editable=False
    )
    # Names of the fields that no source gives and the sample set filled.
    sample_fields = models.JSONField(default=list, editable=False)
    has_sample = models.BooleanField(default=False, editable=False)
    search_key = models.TextField(editable=False, default="")

    # These and the columns of Money are kept by action_plans.totals.keep_totals in the same transaction
    # as the change, outside of history and version.
    gap_kgs = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    surplus_kgs = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    own_share_pct = models.DecimalField(max_digits=24, decimal_places=6, null=True, editable=False)
    is_under_minimum = models.BooleanField(default=False, editable=False)

    get_status_display = label_of("status", PlanStatus)
    objects = ActionPlanQuerySet.as_manager()
    KEPT = [*PROMISED, *RECEIVED, "gap_kgs", "surplus_kgs", "own_share_pct", "is_under_minimum"]
    history = HistoricalRecords(
        excluded_fields=[*KEPT, "search_key", "creation_key", "has_sample", "sample_fields"],
        # Why a fact of an approved plan was corrected: whole, not its first 100 characters.
        history_change_reason_field=models.TextField(null=True),
        app="action_plans",
    )

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        ordering = ["-starts_on", "reference"]
        indexes = [
            models.Index(fields=["status", "phase"]),
            # Who may see it, without reading it: plans are wide.
            models.Index(fields=["status", "approved_at", "reference", "id"], name="plan_visible"),
            # The orders of the list that dashboards link to
            ListIndex(
                F("starts_on").desc(nulls_last=True), F("reference").asc(), name="plan_by_start"
            ),
            ListIndex(
                F("cost_kgs").desc(nulls_last=True), F("reference").asc(), name="plan_by_cost"
            ),
            ListIndex(
                F("own_share_pct").desc(nulls_last=True),
                F("reference").asc(),
                name="plan_by_own_share",
            ),
            # The overview counts what does not add up: few rows of many.
            models.Index(
                name="plan_with_gap", fields=["status", "phase"], condition=Q(gap_kgs__gt=0)
            ),
            models.Index(
                name="plan_with_surplus", fields=["status", "phase"], condition=Q(surplus_kgs__gt=0)
            ),
            models.Index(
                name="plan_under_minimum",
                fields=["status", "phase"],
                condition=Q(is_under_minimum=True),
            ),
            models.Index(
                name="plan_with_sample", fields=["status", "phase"], condition=Q(has_sample=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="plan_status_known", condition=Q(status__in=PlanStatus.values)
            ),
            models.CheckConstraint(
                name="plan_ends_after_it_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end is before the start. Check the year."),
            ),
            models.CheckConstraint(
                name="plan_cost_within_limits",
                condition=Q(cost_kgs=None) | Q(cost_kgs__gte=0, cost_kgs__lte=MAX_KGS),
                violation_error_message=_(
                    "The planned cost must be between 0 and 100,000,000,000 som."
                ),
            ),
            models.CheckConstraint(
                name="plan_women_and_men_within_all",
                condition=Q(beneficiaries_total=None)
                | (
                    (
                        Q(beneficiaries_women=None)
                        | Q(beneficiaries_women__lte=F("beneficiaries_total"))
                    )
                    & (
                        Q(beneficiaries_men=None)
                        | Q(beneficiaries_men__lte=F("beneficiaries_total"))
                    )
                    & (
                        Q(beneficiaries_children=None)
                        | Q(beneficiaries_children__lte=F("beneficiaries_total"))
                    )
                    & (
                        Q(beneficiaries_women=None)
                        | Q(beneficiaries_men=None)
                        | Q(
                            beneficiaries_total__gte=F("beneficiaries_women")
                            + F("beneficiaries_men")
                        )
                    )
                ),
                violation_error_message=_(
                    "There are more women, men or children than people who benefit in all."
                ),
            ),
            models.CheckConstraint(
                name="plan_stated_share_has_its_base",
                condition=Q(stated_own_share=None, stated_base="")
                | Q(stated_own_share__gte=0, stated_base__in=StatedBase.values),
            ),
            models.CheckConstraint(
                name="plan_approval_says_when_and_by_whom",
                condition=Q(approved_at=None, approved_by=None) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_share_under_minimum_has_a_reason",
                condition=Q(under_minimum_at=None)
                | (
                    Q(under_minimum_at__isnull=False, under_minimum_by__isnull=False)
                    & ~Q(under_minimum_reason="")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    def save(self, *args, **kwargs):
        self.year = self.starts_on.year if self.starts_on else None
        self.has_sample = bool(self.sample_fields)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("action_plans:detail", args=[self.reference])

    @property
    def text(self):
        """The text in the reader's language, else the original, else any; None if there is none yet."""
        texts = {text.language: text for text in self.texts.all()}
        original = next((text for text in texts.values() if text.is_original), None)
        return texts.get(current_language()) or original or next(iter(texts.values()), None)

    @property
    def title(self):
        text = self.text
        return text.title if text else self.reference

    @property
    def own_share(self):
        """Percent of the planned cost, unrounded; None without a cost."""
        return share(self.own_kgs, self.cost_kgs)

    @property
    def tested_share(self):
        """What the minimum is tested against: without in kind in a phase where that does not count."""
        return self.own_share if self.phase.in_kind_counts else self.own_cash_share

    @property
    def own_cash_share(self):
        return share(self.own_cash_kgs, self.cost_kgs)

    @property
    def is_counted(self):
        return self.status in COUNTED

    @property
    def was_approved(self):
        return self.is_counted or (
            self.status == PlanStatus.CANCELLED and self.approved_at is not None
        )

    def is_payable_by(self, user):
        # Same rule as payable_by(), without a question for the office.
        own = ActionPlan.objects.of_own_municipality(user).filter(pk=self.pk)
        return self.was_approved and (user.works_for_programme or own.exists())

    def is_sample(self, field):
        return field in self.sample_fields
