from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from lib.quantities import QuantityField, parse_quantity


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("30", "30.000"),
        (" 12,5 ", "12.500"),
        ("12.5", "12.500"),
        ("1 234,125", "1234.125"),
        ("1\u202f234", "1234.000"),
        ("1'234.5", "1234.500"),
        ("1234.125", "1234.125"),
        ("0,125", "0.125"),
        ("1,2340", "1.234"),
    ],
)
def test_a_quantity_is_read_as_people_write_it(text, quantity):
    assert str(parse_quantity(text)) == quantity


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,234", "ambiguous"),
        ("1.234", "ambiguous"),
        ("12,34,5", "invalid"),
        ("1e9", "invalid"),
        ("NaN", "invalid"),
        ("-3", "invalid"),
        ("30 m", "invalid"),
        ("0,1234", "too_precise"),
        ("999999999999", "too_large"),
    ],
)
def test_what_cannot_be_read_is_asked_back(text, code):
    with pytest.raises(ValidationError) as refused:
        parse_quantity(text)
    assert refused.value.code == code


@pytest.mark.usefixtures("english")
def test_what_is_offered_instead_of_an_ambiguous_quantity_can_be_read():
    with pytest.raises(
        ValidationError, match=r"Write 1234 for the first or 1\.2340 for the second"
    ):
        parse_quantity("1.234")
    assert [parse_quantity(text) for text in ("1234", "1.2340")] == [1234, Decimal("1.234")]


def test_the_field_shows_what_it_reads_back():
    field = QuantityField()
    assert field.clean(field.prepare_value(Decimal("1234.500"))) == Decimal("1234.5")
