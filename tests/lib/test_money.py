from decimal import Decimal as D

import pytest
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import DecimalField, Q, Value
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from lib.composition import composition
from lib.money import (
    MAX_KGS,
    AmountError,
    allocate,
    compact_parts,
    format_amount,
    format_compact,
    format_in_units,
    format_kgs,
    format_number,
    format_rate,
    format_share,
    parse_amount,
    parse_rate,
    round_share,
    share,
    total,
)
from lib.money_fields import AmountField, RateField
from lib.money_sums import sum_kgs

LANGUAGES = ["ky", "ru", "en"]
NBSP = "\u00a0"
amounts = st.decimals(min_value=0, max_value=MAX_KGS, places=2)


def spaced(text):
    return text.replace(" ", NBSP)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "1 234,50",
        "1234,50",
        "1234.50",
        "1 234.50",
        "1,234.50",
        "1.234,50",
        "1'234,50",
        "1’234.5",
        " 1234,5 ",
    ]
    + [f"1{space}234,50" for space in "\u00a0\u202f\u2009"]
    + ["1 234,50 сом", "1234.50som", "KGS 1,234.50", "1234,50 Сом."],
)
def test_an_amount_is_read_as_people_type_it_whatever_the_language(text, language):
    with translation.override(language):
        assert parse_amount(text) == D("1234.50")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1 234 567", 1234567),
        ("0", 0),
        ("0,5", D("0.5")),
        ("100000000000", MAX_KGS),
    ],
)
def test_an_amount_that_can_only_mean_one_thing_is_read(text, amount):
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [("1,234", "ambiguous"), ("1.234", "ambiguous"), ("999.000 сом", "ambiguous")]
    + [(text, "invalid") for text in ["12,34,5", "12 34", "1 234 56", "1,234 567", "1e9", "NaN", "inf", "", "1_000"]]
    + [(text, "invalid") for text in ["１２３", "١٢", "12,", ",5", "1,,5", "+5", "сом", "5 USD", "0x10", "1 234'567"]]
    + [("-5", "negative"), ("−5", "negative"), ("KGS -5", "negative")]
    + [("1234,567", "too_precise"), ("0,123", "too_precise"), ("1 234.505", "too_precise")]
    + [("100000000000,01", "too_large"), ("9" * 500, "too_large")],
)  # fmt: skip
def test_an_amount_that_cannot_be_meant_is_refused(text, code):
    with pytest.raises(AmountError) as refused:
        parse_amount(text)
    assert refused.value.code == code


def test_an_ambiguous_amount_is_asked_back_with_both_readings():
    with translation.override("en"), pytest.raises(AmountError) as asked:
        parse_amount("1,234")
    with translation.override("en"):
        assert asked.value.messages == [
            "“1,234” can be read as 1,234 or as 1.234. Write 1234 for the first or 1.23 for the second."
        ]


@pytest.mark.parametrize("language", LANGUAGES)
@given(amount=amounts)
def test_a_written_amount_reads_back_as_the_same_amount(language, amount):
    assert parse_amount(format_amount(amount, language)) == amount
    assert parse_amount(format_kgs(amount, language)) == amount


@given(text=st.text(alphabet="0123456789 ,.'-\u00a0\u202fсомKGS", max_size=20))
def test_any_typing_is_read_or_refused_in_words(text):
    try:
        answer = parse_amount(text)
    except AmountError as refused:
        answer = refused
    assert (
        answer.messages[0].endswith(".")
        if isinstance(answer, AmountError)
        else 0 <= answer <= MAX_KGS
    )


class CostForm(forms.Form):
    cost = AmountField(required=False, initial=D("1900000"))


def test_a_field_shows_its_amount_in_the_users_language_and_reads_it_back():
    for language, shown in [("ru", "1 900 000,00"), ("ky", "1 900 000,00"), ("en", "1,900,000.00")]:
        with translation.override(language):
            value = CostForm()["cost"].value()
            assert value == spaced(shown)
            form = CostForm({"cost": value})
            assert form.is_valid()
            assert not form.has_changed()
            assert form.cleaned_data == {"cost": D("1900000.00")}


def test_a_field_keeps_what_was_typed_beside_the_message():
    form = CostForm({"cost": "1,234"})
    assert not form.is_valid()
    assert form["cost"].value() == "1,234"
    assert form.has_changed()


def test_an_empty_field_is_not_known_and_its_keyboard_is_for_numbers():
    form = CostForm({"cost": "  "})
    assert form.is_valid()
    assert form.cleaned_data == {"cost": None}
    attrs = form.fields["cost"].widget.attrs
    assert attrs == {"inputmode": "decimal", "autocomplete": "off", "class": "amount"}


def test_a_required_amount_has_to_be_given():
    assert CostForm.base_fields["cost"].clean("0") == 0
    with pytest.raises(forms.ValidationError):
        AmountField().clean(" ")


def test_a_total_leaves_out_what_is_not_known():
    assert total([D("86571.54")] * 3 + [None]) == D("259714.62")
    assert str(total([])) == "0.00"


@pytest.mark.django_db
def test_the_database_adds_to_the_tyiyn_and_to_zero_over_nothing():
    rows = ContentType.objects.order_by("pk")
    dime = Value(D("0.10"), output_field=DecimalField(max_digits=18, decimal_places=2))
    sums = rows.aggregate(all=sum_kgs(dime), none=sum_kgs(dime, filter=Q(pk=-1)))
    assert str(sums["all"]) == f"{rows.count() * D('0.10'):.2f}"
    assert str(sums["none"]) == "0.00"


def test_a_share_of_a_group_is_weighted_not_the_mean():
    assert share(D(4_200_000), D(10_000_000)) == D("42")


@pytest.mark.parametrize(
    ("part", "whole"), [(0, 0), (D(120_000), None), (None, D(5)), (D(5), D(-150_000))]
)
def test_there_is_no_share_of_what_is_zero_or_not_known(part, whole):
    assert share(part, whole) is None
    assert format_share(share(part, whole)) == "—"


def test_a_single_share_is_rounded_half_up():
    assert round_share(D("31.95")) == D("32.0")
    assert round_share(D("0.05")) == D("0.1")
    assert round_share(None) is None


def shown(parts):
    return [str(part) for part in composition(parts).values()]


def test_a_composition_shows_exactly_one_hundred():
    assert shown(
        {"water": D(9), "education": D(11), "culture": D(9), "public": D(8), None: D(1)}
    ) == ["23.7", "28.9", "23.7", "21.1", "2.6"]
    assert shown({"water": D(9), "education": D(11), "culture": D(9), "public": D(8)}) == [
        "24.3",
        "29.8",
        "24.3",
        "21.6",
    ]


def test_equal_parts_of_a_composition_are_rounded_in_the_order_of_their_codes():
    assert composition({3: D(1), 1: D(1), 2: D(1)}) == {1: D("33.4"), 2: D("33.3"), 3: D("33.3")}
    parts = dict.fromkeys("abcde", D(1665)) | {"f": D(1675)}
    assert shown(parts) == ["16.7", "16.7", "16.6", "16.6", "16.6", "16.8"]


def test_there_is_no_composition_without_a_whole():
    assert composition({}) == {}
    assert composition({"a": D(0), "b": None}) == {"a": None, "b": None}
    assert composition({"a": D(5), "b": D(-1)}) == {"a": None, "b": None}


@given(st.lists(amounts, min_size=1, max_size=12).filter(any))
def test_every_composition_adds_to_one_hundred_and_stays_within_a_tenth(values):
    parts = composition(dict(enumerate(values)))
    assert sum(parts.values()) == 100
    assert all(
        abs(parts[i] - share(value, sum(values))) < D("0.1001") for i, value in enumerate(values)
    )


@given(amounts, st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=12).filter(any))
def test_the_parts_of_an_allocation_add_up_exactly(amount, weights):
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    assert all(part >= 0 and part.as_tuple().exponent == -2 for part in parts)
    assert sum(allocate(-amount, weights)) == -amount


@given(
    amounts, amounts, st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=6).filter(any)
)
def test_of_a_larger_amount_no_part_is_smaller(amount, more, weights):
    pairs = zip(allocate(amount, weights), allocate(amount + more, weights), strict=True)
    assert all(part <= larger for part, larger in pairs)


@given(amounts, st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=6).filter(any))
def test_a_part_is_within_two_tyiyn_of_its_exact_share(amount, weights):
    exact = [amount * weight / sum(weights) for weight in weights]
    parts = allocate(amount, weights)
    assert all(abs(part - e) < D("0.02") for part, e in zip(parts, exact, strict=True))


def test_an_allocation_follows_its_weights():
    assert allocate(D(3_000_000), {"first": D(60), "second": D(40)}) == [D(1_800_000), D(1_200_000)]
    assert allocate(D(100), [D(1)] * 3) == [D("33.33"), D("33.34"), D("33.33")]
    assert allocate(D("0.01"), [D(40), D(60)]) == [D(0), D("0.01")]


def test_nothing_and_not_known_can_be_allocated():
    assert allocate(D(0), [D(0), D(1)]) == [0, 0]
    assert allocate(None, [D(1), D(1)]) == [None, None]
    with pytest.raises(ValueError, match="weights"):
        allocate(D(1), [D(0)])


@pytest.mark.parametrize(
    ("write", "value", "ru", "ky", "en"),
    [
        (
            format_kgs,
            D("97123456.78"),
            "97 123 456,78 сом",
            "97 123 456,78 сом",
            "KGS 97,123,456.78",
        ),
        (format_kgs, D(-50000), "-50 000,00 сом", "-50 000,00 сом", "-KGS 50,000.00"),
        (format_kgs, D("-0.001"), "0,00 сом", "0,00 сом", "KGS 0.00"),
        (format_kgs, None, "—", "—", "—"),
        (format_amount, D("1234.5"), "1 234,50", "1 234,50", "1,234.50"),
        (format_number, 42875, "42 875", "42 875", "42,875"),
        (format_number, D("3.50"), "3,5", "3,5", "3.5"),
        (format_number, D("1E+2"), "100", "100", "100"),
        (format_share, D(32), "32,0 %", "32,0%", "32.0%"),
        (format_share, None, "—", "—", "—"),
        (format_compact, D(97_250_000), "97,3 млн сом", "97,3 млн сом", "KGS 97.3 million"),
        (format_compact, D(97_250), "97,3 тыс. сом", "97,3 миң сом", "KGS 97.3 thousand"),
        (format_compact, D(999_950), "1,0 млн сом", "1,0 млн сом", "KGS 1.0 million"),
        (format_compact, D("999.5"), "999,50 сом", "999,50 сом", "KGS 999.50"),
        (format_compact, D(-2_500_000), "-2,5 млн сом", "-2,5 млн сом", "-KGS 2.5 million"),
        (format_compact, None, "—", "—", "—"),
    ],
)
def test_figures_are_written_as_each_language_writes_them(write, value, ru, ky, en):
    written = [write(value, language=language) for language in ("ru", "ky", "en")]
    assert written == [spaced(text) for text in (ru, ky, en)]


def test_the_current_language_decides():
    with translation.override("ru"):
        assert format_kgs(D(1)) == spaced("1,00 сом")


def test_a_figure_card_gets_number_and_unit():
    assert compact_parts(D(97_250_000), "en") == ("97.3", spaced("million KGS"))
    assert compact_parts(D(4_360_000), "ky") == ("4,4", spaced("млн сом"))
    assert compact_parts(D(12), "ru") == ("12,00", "сом")


@pytest.mark.parametrize(
    ("value", "text"),
    [("9.96", "9.96%"), ("9.996", "9.996%"), ("9.5", "9.5%"), ("10", "10.0%"), ("10.04", "10.0%")],
)
def test_rounding_does_not_hide_that_a_share_is_below_its_limit(value, text):
    assert format_share(D(value), below=D(10), language="en") == text


def test_templates_write_money_in_the_users_language_and_svg_in_none():
    source = (
        "{% load money %}{{ a|kgs }}|{{ a|amount }}|{{ a|compact_number }}|{{ a|compact_unit }}|{{ s|share }}"
        "|{{ s|share:limit }}|{{ n|number }}|{{ s|raw }}|{{ none|raw }}|{{ none|kgs }}"
    )
    context = {"a": D(1_900_000), "s": D("9.96"), "limit": D(10), "n": 1900, "none": None}
    with translation.override("ru"):
        text = Template(source).render(Context(context))
    assert text == spaced("1 900 000,00 сом|1 900 000,00|1,9|млн сом|10,0 %|9,96 %|1 900|9.96|0|—")


# Rates


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("70,1234", "70.1234"),
        ("70.1234", "70.1234"),
        (" 70,123 ", "70.123"),  # an amount would be asked back
        ("4,75780001", "4.75780001"),
        ("1 234,5678", "1234.5678"),
        ("1\u00a0234.5678", "1234.5678"),
        ("1,234.5678", "1234.5678"),
        ("69 сом", "69"),
    ],
)
def test_a_rate_is_read_with_comma_or_point_in_every_language(text, rate, language):
    with translation.override(language):
        assert parse_rate(text) == D(rate)


@pytest.mark.parametrize(
    "text", ["0", "0,0000", "-1", "1e9", "NaN", "70,123456789", "12,34,5", "ten", "10000000", "٧٠"]
)
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(AmountError):
        parse_rate(text)


@pytest.mark.parametrize(
    ("rate", "ru", "en"),
    [
        ("70.1234", "70,1234", "70.1234"),
        ("69.50000000", "69,5000", "69.5000"),
        ("4.7578123", "4,7578123", "4.7578123"),
        ("1234", f"1{NBSP}234,0000", "1,234.0000"),
        ("70.1999999999", "70,2000", "70.2000"),
    ],
)
def test_a_rate_is_written_with_four_decimals_or_more(rate, ru, en):
    assert [format_rate(D(rate), language) for language in LANGUAGES] == [ru, ru, en]
    assert format_rate(None) == "—"


@given(st.decimals(min_value="0.00000001", max_value="9999999", places=8))
def test_a_rate_that_was_written_is_read_again(rate):
    for language in LANGUAGES:
        assert parse_rate(format_rate(rate, language)) == rate


def test_the_field_of_a_rate_shows_it_as_the_reader_writes_it(english):
    assert RateField().clean("70,1234") == D("70.1234")
    assert RateField().prepare_value(D("70.12340000")) == "70.1234"
    assert RateField(required=False).clean(" ") is None


@pytest.mark.parametrize(
    ("value", "units", "shown"),
    [
        (D("1234500.00"), "thousand", "1,235"),
        (D("1234499.99"), "thousand", "1,234"),
        (D("-400.00"), "thousand", "0"),
        (D("97250000.00"), "million", "97.3"),
        (D("1234.5"), "som", "1,234.50"),
        (None, "thousand", "—"),
    ],
)
def test_a_table_in_units_rounds_each_amount_half_up_from_the_exact_one(value, units, shown):
    assert format_in_units(value, units, "en") == shown
