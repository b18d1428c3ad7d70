"""What pages of plans, places and the overview show of presentations and practices."""

from django import template
from django.utils import timezone
from django.utils.html import format_html

from conferences import shared_sections
from conferences.models import PracticeVersion, TakeOverState
from conferences.models.practice import READABLE
from conferences.waiting import URGENT, practices_waiting
from conferences.writing import may_begin_from
from lib.templatetags.site import icon

register = template.Library()
# The shapes of the states of plans (design: look, states), by what they mean here
SHAPES = {
    TakeOverState.INTERESTED: "draft",
    TakeOverState.PLANNING: "implementation",
    TakeOverState.RUNNING: "completed",
    TakeOverState.GIVEN_UP: "cancelled",
}


@register.simple_tag
def take_over_state(state):
    words = TakeOverState(state).label
    return format_html(
        '<span class="status take-over-{}">{}{}</span>', state, icon(SHAPES[state]), words
    )


@register.inclusion_tag("conferences/writing/_plan_practice.html", takes_context=True)
def plan_practice(context, plan):
    """For who may write it: the practice made from the plan, or the button that makes it; one query."""
    if not may_begin_from(plan, context["user"]):
        return {}
    versions = PracticeVersion.objects.filter(practice__plan=plan).order_by("number")
    found = list(versions.values_list("practice__slug", "status"))
    return {
        "plan": plan,
        "slug": found[0][0] if found else "",
        "is_published": any(status in READABLE for _slug, status in found),
        "may_begin": not found,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def practices_todo(user):
    """conferences.waiting.Waiting of who writes or reviews practices, else None; one query."""
    if not (user.works_for_programme or user.is_municipal):
        return None
    return practices_waiting(user, on=timezone.localdate(), names=URGENT)


@register.inclusion_tag("conferences/_shared_of_plan.html", takes_context=True)
def shared_of_plan(context, plan):
    """The practice made from the plan and where the plan was presented; two queries."""
    return shared_sections.of_plan(plan, context["user"])
