"""A practice on two pages: A4, tagged (PDF/UA-1), set by typst from typst/practice.typ, which shortens long texts."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from conferences.models import VersionStatus
from lib.dates import format_partial
from lib.money import UNKNOWN, format_amount, format_kgs, format_number, format_share
from municipalities.models import current_language

from .hyphens import parted
from .pages import page_of_pages
from .typeset import typeset

FIRST, LATER = ("problem", "solution"), ("results", "went_wrong", "upkeep", "tariff")
LATER += ("provider", "legal_acts", "conditions", "contact")
# More never stands on two pages, and need not be measured.
MOST_LETTERS, MOST_ROWS, ROW_LETTERS = 4000, 40, 300
LONG_WORD = {"ky": 13, "ru": 99, "en": 16}


def practice_data(context, *, address, on):
    """What typst reads, in the reader's language. context: of conferences.practice_page."""
    practice, version, money = context["practice"], context["version"], context["money"]
    place, text = practice.municipality, version.text
    parts, language = context["parts"], current_language()
    return {
        "lang": language,
        "title": _said(version.title or practice.slug, text.language if text else language),
        "author": place.name,
        "date": [on.year, on.month, on.day],
        "kicker": _("Best practice"),
        "lines": [_said(*line) for line in _where(practice)],
        "facts": _facts(context),
        "outdated": _outdated(version),
        "sample": _sample(context),
        "watermark": _watermark(version),
        "photo": None,
        "first": [_part(parts[name]) for name in FIRST if name in parts],
        "steps": _steps(context["steps"][:MOST_ROWS], context["weeks"]),
        "cost": _cost(money, on) if money else _no_cost(),
        "later": [_part(parts[name]) for name in LATER if name in parts],
        "is_cut": _is_cut(context),
        "more": _("Shortened to two pages. All of it stands at %(address)s") % {"address": address},
        "and_more": _("… and more, see the page"),
        "foot": {
            "left": _version_words(version),
            "verify": address,
            "date": format_partial(on),
            **page_of_pages(),
        },
    }


def to_practice_pdf(data, photo=None):
    """bytes: the same data give the same bytes. photo: {"data": bytes of a JPEG, "alt": words}"""
    if photo:
        data = data | {"photo": photo | {"data": list(photo["data"])}}
    day = dt.datetime(*data["date"], tzinfo=timezone.get_default_timezone())
    return typeset(data, timestamp=int(day.timestamp()), template="practice")


def _where(practice):
    place = practice.municipality
    yield place.name, place.name_language
    for part in (place.district, place.region, practice.area):
        if part:
            yield part.name, part.name_language


def _facts(context):
    practice, weeks = context["practice"], context["weeks"]
    plan, place = practice.plan, practice.municipality
    people = format_number(place.population) if place.population else _("not known yet")
    cost = format_kgs(plan.cost_kgs) if plan and plan.cost_kgs is not None else ""
    no_cost = _("not known yet") if plan else pgettext("cost of a practice", "not recorded")
    own = plan.own_share if plan else None
    taken = context["followers"]["taken"]
    return [
        [_("Planned cost"), cost or no_cost],
        [_("Own share"), _("not known yet") if own is None else format_share(own)],
        [_("Time to repeat it"), _weeks(weeks) if weeks else _("not known yet")],
        [_("People in the municipality"), people],
        [_("Taken over by"), _municipalities(taken)],
    ]


def _weeks(number):
    return ngettext("%(n)s week", "%(n)s weeks", number) % {"n": number}


def _municipalities(number):
    if not number:
        return _("nobody yet")
    return ngettext("%(n)s municipality", "%(n)s municipalities", number) % {"n": number}


def _outdated(version):
    if version.status != VersionStatus.OUTDATED:
        return ""
    return f"{_('This practice is outdated.')} {_short(version.outdated_reason, ROW_LETTERS)}"


def _sample(context):
    if not context["has_sample"]:
        return ""
    practice = context["practice"]
    what = _("This practice is a sample.") if practice.is_sample else ""
    what = what or _("Some amounts of this practice are samples.")
    why = _(
        "No source gives these values; they were filled in so that the portal can be tried out."
    )
    return f"{what} {why}"


def _watermark(version):
    return "" if version.is_frozen else pgettext("across a page", "Draft")


def _version_words(version):
    if not version.published_at:
        return _("Version %(number)s") % {"number": version.number}
    day = format_partial(timezone.localdate(version.published_at))
    return _("Version %(number)s of %(day)s") % {"number": version.number, "day": day}


def _part(part):
    return {"head": str(part.head), **_said(_short(part.text, MOST_LETTERS), part.language)}


# --- Steps and cost -----------------------------------------------------------------------------------


def _steps(rows, weeks):
    return {
        "title": _("Steps"),
        "heads": [_("Step"), _("Weeks")],
        "weeks": weeks,
        "rows": [
            {
                "what": _said(_short(row.step.text, ROW_LETTERS), row.step.language),
                "when": _when(row),
                "x": float(row.x or 0),
                "width": float(row.width or 0),
            }
            for row in rows
        ],
    }


def _when(row):
    first, last = row.step.first_week, row.last_week
    if last:
        return str(first) if first == last else f"{first}–{last}"
    if first:
        return _("from week %(week)s") % {"week": first}
    return _weeks(row.step.weeks) if row.step.weeks else UNKNOWN


def _cost(money, on):
    words = {"day": format_partial(on)}
    total = money.lines_total
    return {
        "title": _("What it cost and who paid"),
        "note": _("From the money of the action plan, as of %(day)s. Amounts in som.") % words,
        "sources": {
            "heads": [_("Source"), _("Promised"), _("Part")],
            "rows": [_source(row, share) for row, share in money.sources],
            "total": [_("Total"), format_amount(money.figures.promised_kgs)],
        },
        "lines": {
            "heads": [_("What for"), _("Who pays"), _("Budget now"), _("Part")],
            "rows": [_line(line) for line in money.lines[:MOST_ROWS]],
            "total": [_("Total"), format_amount(total.now)],
        },
        "none": _about_lines(money),
    }


def _about_lines(money):
    if not money.lines:
        return _("The plan has no budget lines, so the cost is known by source only.")
    if not money.differs:
        return ""
    text = _("The lines add up to %(lines)s, the planned cost is %(cost)s. Nothing was corrected.")
    cost = format_kgs(money.plan.cost_kgs)
    return text % {"lines": format_kgs(money.lines_total.now), "cost": cost}


def _no_cost():
    table = {"heads": [], "rows": [], "total": []}
    none = _("Cost not recorded: the practice has no action plan in the portal.")
    title = _("What it cost and who paid")
    return {"title": title, "note": "", "sources": table, "lines": table, "none": none}


def _source(row, share):
    promise = row.contribution
    sample = f" ({pgettext('badge', 'sample')})" if promise.is_sample else ""
    return {
        "what": f"{promise.get_source_display()}, {promise.get_form_display()}{sample}",
        "key": "own" if row.key == "in-kind" else row.key,
        "amount": format_amount(row.promised),
        "share": format_share(share),
        "bar": float(share or 0),
    }


def _line(line):
    row = line.row
    sample = f" ({pgettext('badge', 'sample')})" if row.line.is_sample else ""
    return {
        "what": _parted(row.line.title) + sample,
        "product": row.revision.product,
        "who": str(row.line.get_source_display()),
        "key": line.key,
        "amount": format_amount(row.now),
        "share": format_share(line.share),
        "bar": float(line.share or 0),
    }


# --- Words --------------------------------------------------------------------------------------------


def _is_cut(context):
    long_parts = any(len(part.text) > MOST_LETTERS for part in context["parts"].values())
    steps = context["steps"]
    long_steps = any(len(row.step.text) > ROW_LETTERS for row in steps)
    lines = context["money"].lines if context["money"] else []
    return long_parts or long_steps or len(steps) > MOST_ROWS or len(lines) > MOST_ROWS


def _short(words, letters):
    if len(words) <= letters:
        return words
    return f"{words[:letters].rpartition(' ')[0] or words[:letters]}…"


def _said(words, language):
    """Who reads aloud has to know which language it is."""
    return {"words": parted(words, from_letters=LONG_WORD.get(language, 16)), "lang": language}


def _parted(words):
    return parted(words, from_letters=LONG_WORD.get((get_language() or "en")[:2], 16))
