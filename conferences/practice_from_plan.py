"""What a plan says, as the first draft of a practice: in each language that the plan has."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.dates import format_partial

from .models import PracticeText


def texts_from_plan(plan, version):
    """PracticeText rows, not saved; a translation is as far as that of the plan."""
    return [_text(plan, text, version) for text in plan.texts.all()]


def _text(plan, text, version):
    with translation.override(text.language):
        results = _results(plan, text)
    return PracticeText(
        version=version,
        language=text.language,
        is_original=text.is_original,
        state=text.state,
        title=text.title,
        problem=text.problem,
        solution=_paragraphs(text.objective, text.works),
        provider=text.provider,
        upkeep=text.upkeep,
        results=results,
    )


def _results(plan, text):
    return _paragraphs(
        " ".join(filter(None, [_completed(plan), _people(plan)])), text.beneficiaries_note
    )


def _completed(plan):
    if not plan.completed_on:
        return ""
    day = format_partial(plan.completed_on, plan.completed_precision)
    return _("The work was completed: %(date)s.") % {"date": day}


def _people(plan):
    if plan.beneficiaries_total is None:
        return ""
    total = plan.beneficiaries_total
    parts = [
        ngettext("%(number)s person benefits.", "%(number)s people benefit.", total)
        % {"number": total}
    ]
    for words, number in [
        (_("Women: %(number)s."), plan.beneficiaries_women),
        (_("Men: %(number)s."), plan.beneficiaries_men),
        (_("Children: %(number)s."), plan.beneficiaries_children),
    ]:
        if number is not None:
            parts.append(words % {"number": number})
    return " ".join(parts)


def _paragraphs(*parts):
    return "\n\n".join(part.strip() for part in parts if part.strip())
