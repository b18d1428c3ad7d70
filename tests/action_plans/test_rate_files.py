import datetime as dt
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from action_plans import rate_files
from action_plans.models import Evidence, ExchangeRate
from action_plans.rate_files import MAX_BYTES, parse
from tests.action_plans.rate_data import currency, daily_xml, rates_xml, weekly_xml
from tests.factories import StaffFactory

pytestmark = pytest.mark.usefixtures("english")
TODAY = dt.date(2013, 12, 13)
CHF = currency("CHF", "55,4393")
USD = currency("USD", "49,2000")
HTML = b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x"><html><body>502</body></html>'
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<CurrencyRates Name="Daily" Date="14.12.2013"><Currency ISOCode="USD"><Nominal>1</Nominal>'
    b"<Value>&c;</Value></Currency></CurrencyRates>"
)


def read(data):
    return parse(data, on=TODAY)


def refusal(data):
    with pytest.raises(ValidationError) as refused:
        read(data)
    return " ".join(refused.value.messages)


def imported(data, **options):
    arguments = {"filename": "weekly.xml", "by": None, "on": TODAY} | options
    return rate_files.import_file(data=data, **arguments)


# Reading


def test_a_weekly_file_is_read_with_its_nominals_and_its_validity():
    found = read(rates_xml(CHF, currency("JPY", "4,7578", nominal=10, valid_for=8)))
    assert (found.source, found.applies_on) == ("nbkr-weekly", dt.date(2013, 12, 14))
    assert found.rates == [
        ("CHF", 1, D("55.4393"), dt.date(2013, 12, 21)),
        ("JPY", 10, D("4.7578"), dt.date(2013, 12, 22)),
    ]


def test_a_daily_rate_is_valid_for_seven_days_more():
    found = read(daily_xml("14.12.2013", USD="49,2000"))
    assert found.source == "nbkr-daily"
    assert found.rates == [("USD", 1, D("49.2"), dt.date(2013, 12, 21))]


@pytest.mark.parametrize(
    ("element", "source"),
    [(CHF, "nbkr-weekly"), (currency("USD", "49,2", valid_for=None), "nbkr-daily")],
)
def test_without_a_name_the_validity_tells_which_file_it_is(element, source):
    assert read(rates_xml(element, name="")).source == source


def test_the_order_of_the_elements_and_the_spaces_in_them_do_not_matter():
    swapped = '<Currency ISOCode="CHF"> <Value> 55,4393 </Value><ValidFor>7</ValidFor>\n<Other/><Nominal>1</Nominal></Currency>'
    assert read(rates_xml(swapped)) == read(rates_xml(CHF))


def test_a_file_in_utf_8_with_a_decimal_point_is_read_as_well():
    data = rates_xml(CHF.replace(",", ".")).decode("windows-1251")
    for encoding in ["utf-8", "utf-8-sig"]:
        assert read(data.replace("windows-1251", "utf-8").encode(encoding)) == read(rates_xml(CHF))


def test_currencies_that_the_portal_does_not_know_are_left_out_and_named():
    found = read(rates_xml(CHF, currency("QQQ", "1,0000"), currency("KGS", "1,0000")))
    assert [rate.currency for rate in found.rates] == ["CHF"]
    assert found.skipped == ["QQQ", "KGS"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b" \n ", "The file is empty."),
        (b"<CurrencyRates>" + b" " * MAX_BYTES, "No file of exchange rates is."),
        (HTML, "This is a web page"),
        (b"\n<HTML><body>Error</body></HTML>", "This is a web page"),
        (BOMB, "document type or entities"),
        (BOMB.replace(b"<!DOCTYPE", b"<!doctype"), "document type or entities"),
        (BOMB.decode().encode("utf-16"), "is not in windows-1251"),
        (rates_xml(CHF).replace(b"windows-1251", b"utf-8"), "breaks off or is damaged"),
        (rates_xml(CHF).replace(b"windows-1251", b"utf-7"), "is not in windows-1251"),
        (rates_xml(CHF)[:-30], "breaks off or is damaged at line 3"),
        (b"%PDF-1.7", "breaks off or is damaged"),
        (b'<?xml version="1.0"?><rss/>', "is not a file of exchange rates"),
        (rates_xml(), "There is no rate in the file."),
        (rates_xml(CHF, day=""), "does not say of what day"),
        (rates_xml(CHF, day="2013-12-14"), "“2013-12-14” is not a date."),
        (rates_xml(CHF, day="31.02.2013"), "“31.02.2013” is not a date."),
        (rates_xml(CHF, day="14.01.2014"), "more than 31 days ahead"),
        (rates_xml(CHF, day="14.12.0013"), "there was no som"),
        (rates_xml(CHF, *[currency(f"A{a}{b}", "1") for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJKLMNOPQRST"]), "is not a file of exchange rates"),
        (rates_xml(CHF.replace('"CHF"', '""')), "does not say of what currency"),
        (rates_xml(CHF.replace('"CHF"', '"Franc"')), "does not say of what currency"),
        (rates_xml(CHF, USD, CHF), "CHF is in the file twice."),
        (rates_xml(USD, CHF.replace("Value>", "Rate>")), "CHF: “Value” is missing"),
        (rates_xml(CHF.replace("<Nominal>1</Nominal>", "")), "CHF: “Nominal” is missing"),
        (rates_xml(currency("CHF", "55", valid_for=None)), "CHF: “ValidFor” is missing"),
        (rates_xml(CHF.replace("<Value>", "<Value>1</Value><Value>")), "or is there more than once"),
        (rates_xml(CHF.replace("55,", "<b/>55,")), "“Value” is missing"),
        (rates_xml(currency("CHF", "55", nominal=7)), "“7” is not a number of units"),
        (rates_xml(currency("CHF", "55", nominal=0)), "“0” is not a number of units"),
        (rates_xml(currency("CHF", "55", nominal="x")), "“x” is not a number of units"),
        (rates_xml(currency("CHF", "55", valid_for=0)), "“0” is not a number of days"),
        (rates_xml(currency("CHF", "55", valid_for=400)), "“400” is not a number of days"),
    ]
    + [
        (rates_xml(USD, currency("CHF", value)), f"CHF: “{value}” is not a rate.")
        for value in ["0,0000", "-55,4393", "NaN", "1e3", "", "55,43,93", "٥٥", "123456789"]
    ],
)  # fmt: skip
def test_what_is_not_a_sound_file_is_refused_in_plain_words(data, words):
    assert words in refusal(data)


def test_an_entity_that_opens_a_file_reads_nothing(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("42")
    attack = BOMB.replace(b'"aaaaaaaaaa"', f'SYSTEM "file://{secret}"'.encode())
    assert "It may be meant to do harm" in refusal(attack)


# Storing


@pytest.mark.django_db
def test_the_rates_and_the_file_itself_are_kept():
    by, data = StaffFactory(), rates_xml(CHF, USD)
    result = imported(data, by=by)
    chf = ExchangeRate.objects.get(currency="CHF")
    assert (chf.version, chf.entered_by, chf.source) == (1, by, "nbkr-weekly")
    assert chf.evidence.content_type == "text/xml"
    assert Path(chf.evidence.file.path).read_bytes() == data
    assert (len(result.new), result.unchanged, result.versions, result.jumps) == (2, 0, [], [])


@pytest.mark.django_db
def test_the_same_file_again_stores_nothing():
    imported(rates_xml(CHF, USD))
    again = imported(rates_xml(CHF, USD))
    assert (again.new, again.unchanged, again.paper) == ([], 2, None)
    assert (ExchangeRate.objects.count(), Evidence.objects.count()) == (2, 1)


@pytest.mark.django_db
def test_another_value_of_the_same_day_is_a_new_version_and_the_first_stays():
    imported(rates_xml(CHF, USD))
    result = imported(rates_xml(currency("CHF", "55,5000"), USD, currency("GBP", "80")))
    ((old, new),) = result.versions
    assert (old.value, old.version, new.value, new.version) == (D("55.4393"), 1, D("55.5"), 2)
    assert ([rate.currency for rate in result.new], result.unchanged) == (["GBP"], 1)
    assert ExchangeRate.objects.filter(currency="CHF").count() == 2


@pytest.mark.django_db
def test_one_bad_rate_keeps_the_whole_file_out():
    with pytest.raises(ValidationError):
        imported(rates_xml(USD, currency("CHF", "0,0000")))
    assert not ExchangeRate.objects.exists()
    assert not Evidence.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "nominal", "jumps"),
    [
        ("54,12", 1, []),
        ("541,20", 10, []),
        ("54,13", 1, ["10.02"]),
        ("44,28", 1, []),
        ("44,20", 1, ["-10.16"]),
        ("49,20", 10, ["-90.00"]),
    ],
)
def test_more_than_ten_percent_from_the_rate_before_is_named_and_stored(value, nominal, jumps):
    imported(weekly_xml("01.12.2013", USD="20,0000"))
    imported(weekly_xml("07.12.2013", USD="49,2000"))
    imported(weekly_xml("13.01.2014", USD="99,0000"), on=dt.date(2014, 1, 13))
    result = imported(rates_xml(currency("USD", value, nominal)))
    assert [f"{change.percent:.2f}" for change in result.jumps] == jumps
    assert len(result.new) == 1
