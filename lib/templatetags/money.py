from decimal import ROUND_HALF_UP, Decimal

from django import template

from lib import money

register = template.Library()

register.filter("rate", money.format_rate)
register.filter("compact", money.format_compact)
register.filter("number", money.format_number)
register.filter("in_units", money.format_in_units)


@register.filter
def amount(value):
    return with_minus(money.format_amount(value))


@register.filter
def kgs(value):
    return with_minus(money.format_kgs(value))


@register.filter
def up_to(value, limit):
    """1,000+ for a count that stopped there."""
    return f"{money.format_number(limit)}+" if value > limit else money.format_number(value)


def with_minus(written):
    """On a page a minus is as wide as a digit; files keep the hyphen."""
    return f"−{written[1:]}" if written.startswith("-") else written


@register.filter
def compact_number(value):
    return money.compact_parts(value)[0]


@register.filter
def compact_unit(value):
    return money.compact_parts(value)[1]


@register.filter
def share(value, below=None):
    """{{ plan.own_share|share }}, or |share:minimum when a rule applies."""
    return money.format_share(value, below=below)


@register.filter
def raw(value):
    """For attributes of SVG: 31.9 in every language, two decimals at most; 0 when not known."""
    rounded = Decimal(value or 0).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded.normalize() + 0:f}"


@register.filter
def signed(written):
    """{{ variance|amount|signed }}: a difference shows its plus, and a minus instead of a hyphen."""
    written = with_minus(written)
    if written.startswith("−"):
        return written
    return f"+{written}" if any(digit in written for digit in "123456789") else written
