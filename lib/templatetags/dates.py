from django import template

from lib import dates

register = template.Library()


@register.filter
def partial_date(value, precision=dates.Precision.DAY):
    """{{ plan.opened_on|partial_date:plan.opened_on_precision }}; nothing for None."""
    return dates.format_partial(value, precision)


@register.filter
def moment(value):
    """Day and time of day, local: 14 Dec 2018, 14:05."""
    return dates.format_moment(value)
