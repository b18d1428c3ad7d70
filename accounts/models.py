from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.spelling import fold
from municipalities.models import Municipality


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", pgettext_lazy("role", "Administrator")
    STAFF = "staff", pgettext_lazy("role", "Project staff")
    HEAD = "head", pgettext_lazy("role", "Municipal head")
    OFFICER = "officer", pgettext_lazy("role", "Municipal officer")
    DONOR = "donor", pgettext_lazy("role", "Donor")


MUNICIPAL_ROLES = [Role.HEAD, Role.OFFICER]


class UserQuerySet(models.QuerySet):
    def search(self, words):
        """Each word must be found: in the name, the e-mail or a spelling of the municipality."""
        for word in words.split():
            found = Q(name__icontains=word) | Q(email__icontains=word)
            if folded := fold(word):
                found |= Q(municipality__search_key__contains=folded)
            self = self.filter(found)
        return self

    def invited(self):
        # Same rule as User.is_invited
        return self.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def active_administrators(self):
        return self.filter(role=Role.ADMINISTRATOR, is_active=True)

    def for_list(self):
        return self.select_related("municipality")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **fields | {"role": Role.ADMINISTRATOR})

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractUser):
    username = first_name = last_name = None
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), choices=Role, max_length=20, default=Role.OFFICER)
    may_sign = models.BooleanField(
        _("approver"),
        default=False,
        help_text=_("Signs reports that somebody else prepared; a right of project staff."),
    )
    may_reopen = models.BooleanField(
        _("opens closed periods again"),
        default=False,
        help_text=_("With a reason that stays in the report; a right of project staff."),
    )
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        verbose_name=_("municipality"),
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="user_municipal_people_have_a_municipality",
                condition=Q(role__in=MUNICIPAL_ROLES, municipality__isnull=False)
                | (~Q(role__in=MUNICIPAL_ROLES) & Q(municipality=None)),
                violation_error_message=_(
                    "Choose a municipality for a municipal head or officer, and none for anybody else."
                ),
            ),
            models.CheckConstraint(
                name="user_only_staff_reopen",
                condition=Q(may_reopen=False) | Q(role__in=[Role.STAFF, Role.ADMINISTRATOR]),
                violation_error_message=_("Only project staff can open closed periods again."),
            ),
            models.CheckConstraint(
                name="user_only_staff_sign",
                condition=Q(may_sign=False) | Q(role__in=[Role.STAFF, Role.ADMINISTRATOR]),
                violation_error_message=_("Only project staff can be approvers."),
            ),
        ]

    def __str__(self):
        return self.name or self.email

    def save(self, *args, **kwargs):
        self.email = self.email.lower()
        self.is_staff = self.is_superuser = self.role == Role.ADMINISTRATOR
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("accounts:person", args=[self.pk])

    @property
    def is_invited(self):
        """Has not chosen a password yet."""
        # Same rule as UserQuerySet.invited()
        return self.is_active and not self.has_usable_password()

    @property
    def works_for_programme(self):
        return self.role in (Role.ADMINISTRATOR, Role.STAFF)

    @property
    def is_municipal(self):
        return self.role in MUNICIPAL_ROLES

    @property
    def submits_plans(self):
        """An officer drafts; the head answers for what is submitted."""
        return self.works_for_programme or self.role == Role.HEAD

    @property
    def is_administrator(self):
        return self.role == Role.ADMINISTRATOR

    @cached_property
    def municipality_ids(self):
        """The own municipality and every place merged into it; empty for everybody else."""
        if not self.is_municipal:
            return set()
        return Municipality.objects.with_predecessors(self.municipality_id)
