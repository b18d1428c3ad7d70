"""What a plan says, as the first draft of a practice: in each language that the plan has.

Of a plan with a source, values that only the sample set gives are left out: they would read as known.
"""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.dates import format_partial
from lib.money import format_number

from .models import PracticeText


def is_sample(plan):
    """No source names this plan, so its practice is a sample as well."""
    return plan.is_sample("title")


def texts_from_plan(plan, version):
    """PracticeText rows, not saved; a translation is as far as that of the plan."""
    return [_text(plan, text, version) for text in plan.texts.all()]


def _text(plan, text, version):
    def known(name):
        return getattr(text, name) if _is_known(plan, name) else ""

    with translation.override(text.language):
        results = _paragraphs(f"{_completed(plan)} {_people(plan)}", known("beneficiaries_note"))
    return PracticeText(
        version=version,
        language=text.language,
        is_original=text.is_original,
        state=text.state,
        title=text.title,
        problem=known("problem"),
        solution=_paragraphs(known("objective"), known("works")),
        provider=known("provider"),
        upkeep=known("upkeep"),
        results=results,
    )


def _is_known(plan, name):
    return is_sample(plan) or not plan.is_sample(name)


def _completed(plan):
    if not plan.completed_on or not _is_known(plan, "completed_on"):
        return ""
    day = format_partial(plan.completed_on, plan.completed_precision)
    return _("The work was completed: %(date)s.") % {"date": day}


def _people(plan):
    total = _number(plan, "total")
    parts = []
    if total is not None:
        people = ngettext("%(number)s person benefits.", "%(number)s people benefit.", total)
        parts.append(people % {"number": format_number(total)})
    for words, who in [
        (_("Women: %(number)s."), "women"),
        (_("Men: %(number)s."), "men"),
        (_("Children: %(number)s."), "children"),
    ]:
        if (number := _number(plan, who)) is not None:
            parts.append(words % {"number": format_number(number)})
    return " ".join(parts)


def _number(plan, who):
    name = f"beneficiaries_{who}"
    return getattr(plan, name) if _is_known(plan, name) else None


def _paragraphs(*parts):
    return "\n\n".join(part.strip() for part in parts if part.strip())
