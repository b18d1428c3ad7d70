"""Writing a practice: begun from a plan or without one, saved, begun anew after publication, thrown away."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from action_plans.models import ActionPlan

from . import documents
from .conflict import Conflict, refuse_older
from .models import (
    Document,
    Practice,
    PracticeStep,
    PracticeText,
    PracticeVersion,
    VersionStatus,
    VersionStep,
)
from .models.practice import READABLE
from .practice_content import content, differences, names_of
from .practice_from_plan import is_sample, texts_from_plan
from .practice_log import edited, record
from .practice_search import fill_search_key
from .slugs import create_with_slug

WORDS = [
    field.name
    for field in PracticeText._meta.concrete_fields
    if field.name not in ("id", "version")
]
OF_STEP = ["position", "first_week", "weeks", "text_ky", "text_ru", "text_en"]


# --- Beginning ------------------------------------------------------------------------------------


def may_begin_from(plan, user):
    """The office and the plan's own municipality, once the plan is approved."""
    if not plan.is_counted:
        return False
    return user.works_for_programme or (user.is_municipal and plan.lead_id in user.municipality_ids)


@transaction.atomic
def begin_from_plan(*, plan_id, by):
    """(practice, whether it is new): a second click leads to the one that there is."""
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    if known := Practice.objects.filter(plan=plan).first():
        return known, False
    if not may_begin_from(plan, by):
        raise ValidationError(_("A practice is made from an approved plan."))
    area = plan.areas.select_related("area").first()
    fields = {
        "plan": plan,
        "municipality": plan.lead,
        "area": area.area if area else None,
        "created_by": by,
        "is_sample": is_sample(plan),
    }
    original = next((text for text in plan.texts.all() if text.is_original), None)
    practice = create_with_slug(
        Practice, original.title if original else "", otherwise="practice", **fields
    )
    version = _first_version(practice, by)
    PracticeText.objects.bulk_create(texts_from_plan(plan, version))
    fill_search_key(version)
    return practice, True


@transaction.atomic
def begin(*, municipality, area, title, language, key, by):
    """A practice without a plan; the same form sent twice makes one."""
    mine = Practice.objects.filter(creation_key=key, created_by=by)
    if known := mine.first():
        return known
    fields = {"municipality": municipality, "area": area, "creation_key": key, "created_by": by}
    try:
        practice = create_with_slug(Practice, title, otherwise="practice", **fields)
    except IntegrityError:
        if known := mine.first():  # the same form came twice at once
            return known
        raise
    version = _first_version(practice, by)
    PracticeText.objects.create(
        version=version, language=language, is_original=True, state="original", title=title
    )
    fill_search_key(version)
    return practice


def _first_version(practice, by):
    version = PracticeVersion.objects.create(practice=practice, number=1, author=by, saved_by=by)
    version.writers.add(by)
    record(version, VersionStep.Action.CREATED, by=by)
    return version


# --- Saving ---------------------------------------------------------------------------------------


@transaction.atomic
def save(*, version_id, revision, texts, steps, by, area=None):
    """What valid forms hold; `area` is the form of the service area. (version, whether anything changed)"""
    version = lock_open(version_id, by)
    try:
        refuse_older(version, revision)
    except Conflict as conflict:
        conflict.by, conflict.at = version.saved_by, version.saved_at
        raise
    before = content(version)
    texts.save(version, by=by)
    steps.save(version)
    changed = names_of(differences(before, content(_fresh(version))))
    if area and area.save_to(version.practice):
        changed = ", ".join(filter(None, [str(area.label), changed]))
    if changed:
        edited(version, by=by, what=changed)
        fill_search_key(_fresh(version))
    return version, bool(changed)


def lock_open(version_id, by):
    """The draft or version in review, locked; in words when it is no longer theirs to write."""
    version = _locked(PracticeVersion.objects, version_id)
    if not PracticeVersion.objects.editable_by(by).filter(pk=version.pk).exists():
        raise ValidationError(
            _(
                "Nothing was saved: meanwhile this version was moved on, it is now: %(status)s. "
                "Copy what you typed; editing the practice again begins the next version."
            )
            % {"status": version.get_status_display()},
            code="state",
        )
    return version


def _locked(versions, pk):
    try:
        return versions.select_for_update(of=("self",)).get(pk=pk)
    except PracticeVersion.DoesNotExist:
        raise ValidationError(
            _("Nothing was saved: meanwhile somebody threw this draft away. Copy what you typed."),
            code="gone",
        ) from None


def _fresh(version):
    """Without what was read before."""
    return PracticeVersion.objects.select_related(
        "practice__municipality__region",
        "practice__municipality__district",
        "practice__area__parent",
    ).get(pk=version.pk)


# --- The next version -----------------------------------------------------------------------------


@transaction.atomic
def begin_version(*, practice_id, by):
    """(version, whether it is new): a draft with all that the published one says; that one stays visible."""
    practice = Practice.objects.select_for_update(of=("self",)).get(pk=practice_id)
    if not Practice.objects.workable_by(by).filter(pk=practice.pk).exists():
        raise ValidationError(_("The practice is edited by the office and its own municipality."))
    if known := practice.versions.open().first():
        return known, False
    last = practice.versions.filter(status__in=READABLE).first()
    if not last:
        raise ValidationError(_("Nothing of this practice was published yet."))
    number = practice.versions.order_by("-number").values_list("number", flat=True)[0] + 1
    version = PracticeVersion.objects.create(
        practice=practice, number=number, author=by, saved_by=by, search_key=last.search_key
    )
    version.writers.add(by)
    _copy(last, version)
    record(version, VersionStep.Action.CREATED, by=by)
    return version, True


def _copy(last, version):
    for model, names, rows in [
        (PracticeText, WORDS, last.texts.all()),
        (PracticeStep, OF_STEP, last.steps.all()),
    ]:
        model.objects.bulk_create(
            model(version=version, **{name: getattr(row, name) for name in names}) for row in rows
        )
    documents.copy(last.documents.all(), version=version)


@transaction.atomic
def discard(*, version_id, revision, by):
    """Throws a draft away; a practice that was never published goes with it. Its practice, or None."""
    version = lock_open(version_id, by)
    practice = Practice.objects.select_for_update(of=("self",)).get(pk=version.practice_id)
    if version.status != VersionStatus.DRAFT:
        raise ValidationError(_("Only a draft is thrown away. This version is in review."))
    if revision is None or revision < version.revision:
        raise ValidationError(
            _("Somebody saved this draft after you opened this page. Look at it before it goes.")
        )
    names = [
        file.name
        for document in version.documents.all()
        for file in (document.file, document.small)
        if file
    ]
    storage = Document._meta.get_field("file").storage
    version.delete()
    transaction.on_commit(lambda: documents.forget_files(storage, names))
    if practice.versions.exists():
        return practice
    practice.delete()
    return None
