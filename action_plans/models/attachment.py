from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role

from .plan import ActionPlan


def stored_as(attachment, filename):
    """Never the person's own file name: it is shown, not trusted."""
    return f"plans/{attachment.plan_id}/{attachment.sha256}"


def evidence_stored_as(evidence, filename):
    return f"evidence/{evidence.sha256}"


class Attachment(models.Model):
    class Kind(models.TextChoices):
        DECISION = "decision", pgettext_lazy("kind of document", "Decision of the council")
        AGREEMENT = "agreement", pgettext_lazy("kind of document", "Agreement or contract")
        ESTIMATE = "estimate", pgettext_lazy("kind of document", "Estimate")
        ACT = "act", pgettext_lazy("kind of document", "Act of acceptance")
        PAYMENT = "payment", pgettext_lazy("kind of document", "Payment document")
        PHOTO = "photo", pgettext_lazy("kind of document", "Photo")
        OTHER = "other", pgettext_lazy("kind of document", "Other")

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(_("kind"), choices=Kind, default=Kind.OTHER, max_length=10)
    title = models.CharField(_("title"), max_length=200, blank=True)
    file = models.FileField(_("file"), upload_to=stored_as, max_length=200)
    filename = models.CharField(max_length=200, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-uploaded_at", "-pk"]
        # The same file on two plans: one invoice must not prove two contributions.
        indexes = [models.Index(fields=["sha256"], name="attachment_by_content")]
        constraints = [
            models.UniqueConstraint(name="attachment_once_per_plan", fields=["plan", "sha256"]),
        ]

    def __str__(self):
        return self.title or self.filename

    def get_absolute_url(self):
        return reverse("action_plans:document", args=[self.plan.reference, self.pk])


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of rates: whoever is signed in; of tranches: office and donors. What proves nothing: nobody."""
        proves = Q(rates__isnull=False)
        if user.works_for_programme or user.role == Role.DONOR:
            proves |= Q(tranches__isnull=False)
        return self.filter(proves).distinct()


class Evidence(models.Model):
    """A file of the programme, not of a plan: what an exchange rate or a tranche rests on. Kept for good."""

    file = models.FileField(_("file"), upload_to=evidence_stored_as, max_length=200)
    filename = models.CharField(max_length=200, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self):
        return self.filename

    def get_absolute_url(self):
        return reverse("ledger:evidence", args=[self.pk])
