"""The National Bank's files of exchange rates: read with suspicion, stored whole or not at all.

daily.xml and weekly.xml are in windows-1251, with a decimal comma; some currencies are quoted for 10 or
100 units. The day in the file is the day the rates apply, which may be tomorrow.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from lxml import etree

from lib.currencies import CODES, KGS

from . import evidence, payments, rates
from .models import ExchangeRate, RateSource

ADDRESSES = {
    "daily": "https://www.nbkr.kg/XML/daily.xml",
    "weekly": "https://www.nbkr.kg/XML/weekly.xml",
}
MAX_BYTES = 1024 * 1024
MAX_RATES = 200
VALID_DAYS = range(1, rates.MAX_DAYS_VALID + 1)
WHOLE, RATE = re.compile("[0-9]{1,9}"), re.compile("[0-9]{1,7}([.,][0-9]{1,8})?")
CONTENT_TYPE = "text/xml"
KNOWN = set(CODES) - {KGS}

MESSAGES = {
    "empty": _("The file is empty. Download it from the National Bank once more."),
    "too_large": _("The file is larger than %(limit)s. No file of exchange rates is."),
    "encoding": _(
        "The file is not in windows-1251, as the National Bank writes it. "
        "Import it as it was downloaded, without saving it in another program."
    ),
    "html": _(
        "This is a web page, not a file of rates. "
        "The National Bank's site may be out of order: download the file again later."
    ),
    "doctype": _(
        "The file has a document type or entities, which the National Bank's files never have. "
        "It may be meant to do harm, so it was not read."
    ),
    "broken": _("The file breaks off or is damaged at line %(line)s. Download it once more."),
    "not_rates": _("This is not a file of exchange rates of the National Bank."),
    "no_rates": _("There is no rate in the file. Download it once more."),
    "no_date": _("The file does not say of what day its rates are."),
    "bad_date": _("“%(text)s” is not a date. The file is damaged."),
    "no_code": _("A rate in line %(line)s does not say of what currency it is."),
    "missing": _("%(currency)s: “%(element)s” is missing, or is there more than once."),
    "nominal": _("%(currency)s: “%(text)s” is not a number of units that the portal knows."),
    "value": _("%(currency)s: “%(text)s” is not a rate. A rate is more than 0."),
    "valid_for": _("%(currency)s: “%(text)s” is not a number of days that a rate is valid."),
    "twice": _("%(currency)s is in the file twice."),
}


class FileRate(NamedTuple):
    currency: str
    nominal: int
    value: Decimal
    last_on: date


class RateFile(NamedTuple):
    source: RateSource
    applies_on: date
    rates: list
    skipped: list  # codes that the portal does not know


class Change(NamedTuple):
    rate: ExchangeRate
    percent: Decimal  # against the rate of the nearest earlier day


class Imported(NamedTuple):
    source: RateSource
    applies_on: date
    new: list
    versions: list  # [(the version before, the new one)]
    unchanged: int
    skipped: list
    jumps: list
    currencies: list  # of which the file has a rate
    paper: object  # the file as evidence, when something of it was stored


@rates.once_more
def import_file(*, data, filename, by, on=None):
    """Store the rates of a file of the National Bank, all of them or none; on: today.

    What is stored already is skipped; another value of the same day is a new version.
    """
    read = parse(data, on=on or timezone.localdate())
    stored = _stored(read)
    fresh = [row for row in read.rates if not _is_known(row, stored.get(row.currency))]
    paper = fresh and evidence.find_or_add(
        file=ContentFile(data, name=filename), by=by, content_type=CONTENT_TYPE
    )
    made = [_rate(row, read, stored.get(row.currency), paper, by) for row in fresh]
    ExchangeRate.objects.bulk_create(made)
    return Imported(
        source=read.source,
        applies_on=read.applies_on,
        new=[rate for rate in made if rate.currency not in stored],
        versions=[(stored[r.currency], r) for r in made if r.currency in stored],
        unchanged=len(read.rates) - len(fresh),
        skipped=read.skipped,
        jumps=_jumps(made, read.applies_on),
        currencies=[row.currency for row in read.rates],
        paper=paper or None,
    )


def book_waiting(imported, *, by):
    """The payments that waited for a rate of this file and are booked now."""
    return [
        payment
        for currency in imported.currencies
        for payment in payments.book_waiting(currency=currency, by=by)
    ]


def _stored(read):
    """{currency: the version that counts} of the file's day and source."""
    of_the_day = ExchangeRate.objects.filter(source=read.source, applies_on=read.applies_on)
    return {rate.currency: rate for rate in of_the_day.order_by("version")}


def _is_known(row, known):
    return known is not None and rates.is_same(known, **row._asdict())


def _rate(row, read, known, paper, by):
    return ExchangeRate(
        **row._asdict(),
        applies_on=read.applies_on,
        source=read.source,
        version=known.version + 1 if known else 1,
        evidence=paper,
        entered_at=timezone.now(),
        entered_by=by,
    )


def _jumps(made, applies_on):
    """[Change] of the rates that differ by more than 10 % from the nearest earlier day."""
    earlier = ExchangeRate.objects.filter(applies_on__lt=applies_on).latest()
    before = {rate.currency: rate for rate in earlier.best_first().reverse()}
    known = [(rate, before[rate.currency]) for rate in made if rate.currency in before]
    changes = [
        Change(rate, rates.change(rate.value, rate.nominal, old.value, old.nominal))
        for rate, old in known
    ]
    return [change for change in changes if rates.is_jump(change.percent)]


# Reading


def parse(data, *, on):
    """RateFile of the bytes of daily.xml or weekly.xml; ValidationError in plain words. on: today."""
    root = _root(data)
    if etree.QName(root).localname != "CurrencyRates":
        raise _refusal("not_rates")
    applies_on = _applies_on(root)
    rates.check_day(applies_on, on=on)
    elements = root.findall("Currency")
    if not elements:
        raise _refusal("no_rates")
    if len(elements) > MAX_RATES:
        raise _refusal("not_rates")
    weekly = _is_weekly(root)
    rows = [_row(element, applies_on, weekly) for element in elements]
    _refuse_twice([row.currency for row in rows])
    return RateFile(
        source=RateSource.NBKR_WEEKLY if weekly else RateSource.NBKR_DAILY,
        applies_on=applies_on,
        rates=[row for row in rows if row.currency in KNOWN],
        skipped=[row.currency for row in rows if row.currency not in KNOWN],
    )


def _root(data):
    _refuse_before_reading(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal("broken", line=error.lineno or 1) from None
    if root.getroottree().docinfo.doctype:
        raise _refusal("doctype")
    return root


def _refuse_before_reading(data):
    """What must not reach a parser. A doctype cannot hide: the file is in windows-1251 or UTF-8."""
    if len(data) > MAX_BYTES:
        raise _refusal("too_large", limit=filesizeformat(MAX_BYTES))
    if not data.strip():
        raise _refusal("empty")
    declared = re.match(rb"""[^>]{0,100}\bencoding\s*=\s*["']([^"']*)""", data[:200])
    if b"\0" in data or (declared and declared[1].lower() not in (b"windows-1251", b"utf-8")):
        raise _refusal("encoding")
    letters = data.lower()
    if b"<html" in letters or b"<!doctype html" in letters:
        raise _refusal("html")
    if b"<!doctype" in letters or b"<!entity" in letters:
        raise _refusal("doctype")


def _applies_on(root):
    text = root.get("Date", "").strip()
    if not text:
        raise _refusal("no_date")
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        raise _refusal("bad_date", text=text[:40]) from None


def _is_weekly(root):
    name = root.get("Name", "").lower()
    if "weekly" in name or "daily" in name:
        return "weekly" in name
    return root.find("Currency/ValidFor") is not None


def _row(element, applies_on, weekly):
    currency = element.get("ISOCode", "").strip()
    if not re.fullmatch("[A-Z]{3}", currency):
        raise _refusal("no_code", line=element.sourceline)
    nominal = _number(element, currency, "Nominal", "nominal", WHOLE, rates.NOMINALS.__contains__)
    value = _number(element, currency, "Value", "value", RATE, lambda value: value > 0)
    days = rates.DAYS_VALID
    if weekly:
        days = _number(element, currency, "ValidFor", "valid_for", WHOLE, VALID_DAYS.__contains__)
    return FileRate(currency, int(nominal), value, applies_on + timedelta(days=int(days)))


def _number(element, currency, name, code, pattern, is_possible):
    """The number in the one child element of that name."""
    found = element.findall(name)
    if len(found) != 1 or len(found[0]):
        raise _refusal("missing", currency=currency, element=name)
    text = (found[0].text or "").strip()
    if pattern.fullmatch(text) and is_possible(number := Decimal(text.replace(",", "."))):
        return number
    raise _refusal(code, currency=currency, text=text[:40])


def _refuse_twice(codes):
    for code in codes:
        if codes.count(code) > 1:
            raise _refusal("twice", currency=code)


def _refusal(code, **params):
    return ValidationError(MESSAGES[code], code=code, params=params)
