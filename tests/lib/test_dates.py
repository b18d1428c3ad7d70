from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format

from lib.dates import Precision, format_days, format_moment, format_partial, parse_date

LANGUAGES = ["ky", "ru", "en"]
DAY = date(2018, 8, 16)


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        ("en", "16 Aug 2018", "August 2018"),
        ("ru", "16 авг. 2018", "август 2018"),
        ("ky", "2018-ж. 16-авг.", "2018-ж. август"),
    ],
)
def test_a_date_says_no_more_than_is_known(language, day, month):
    assert format_partial(DAY, Precision.DAY, language) == day
    assert format_partial(DAY, Precision.MONTH, language) == month
    assert format_partial(DAY, Precision.YEAR, language) == "2018"


def test_a_moment_is_written_in_local_time_with_24_hours():
    assert format_moment(datetime(2018, 12, 14, 8, 5, tzinfo=UTC), "en") == "14 Dec 2018, 14:05"
    assert (
        format_moment(datetime(2016, 12, 31, 18, 30, tzinfo=UTC), "ky") == "2017-ж. 1-янв., 00:30"
    )


def test_templates_write_partial_dates_and_nothing_for_none():
    source = "{% load dates %}{{ day|partial_date:'month' }}|{{ day|partial_date }}|{{ none|partial_date }}|{{ none|moment }}"
    with translation.override("ky"):
        assert (
            Template(source).render(Context({"day": DAY, "none": None}))
            == "2018-ж. август|2018-ж. 16-авг.||"
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["16.08.2018", "2018-08-16", "16/08/2018", " 16.8.2018 "])
def test_a_date_is_read_day_first_in_every_language(text, language):
    with translation.override(language):
        assert parse_date(text) == DAY
        assert forms.DateField().clean(text) == DAY


@pytest.mark.parametrize("text", ["08/16/2018", "31.02.2018", "", "2018"])
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(ValidationError):
        parse_date(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_shows_a_date_as_day_month_year(language):
    with translation.override(language):
        assert forms.DateInput().format_value(DAY) == "16.08.2018"


@pytest.mark.parametrize(
    ("language", "long", "number"),
    [
        ("en", "16 Aug 2018", "0.5"),
        ("ru", "16 августа 2018\u00a0г.", "0,5"),
        ("ky", "2018-ж. 16-авг", "0,5"),
    ],
)
def test_django_itself_writes_dates_and_decimals_in_our_formats(language, long, number):
    with translation.override(language):
        assert date_format(DAY) == long
        assert Template("{{ half }}").render(Context({"half": 0.5})) == number


@pytest.mark.parametrize(
    ("language", "last", "words"),
    [
        ("en", (2018, 10, 12), "11–12 Oct 2018"),
        ("ru", (2018, 10, 12), "11–12 окт. 2018"),
        ("ky", (2018, 10, 12), "2018-ж. 11–12-окт."),
        ("en", (2018, 11, 1), "11 Oct – 1 Nov 2018"),
        ("ru", (2019, 1, 1), "11 окт. 2018 – 1 янв. 2019"),
        ("ky", (2018, 11, 1), "2018-ж. 11-окт. – 1-ноя."),
    ],
)
def test_what_two_days_share_is_written_once(language, last, words):
    assert format_days(date(2018, 10, 11), date(*last), language) == words
