"""The recommendations of an event, and how far those of all events are."""

from django import template
from django.utils import timezone

from conferences.models import Recommendation
from conferences.recommendations import steps_for

register = template.Library()
SHOWN_OVERDUE = 5


@register.simple_tag(takes_context=True)
def recommendations_of(context, event):
    """{"rows", "done", "counted", "share", "may_edit"}; what is done of them is public, they are not."""
    user, rows = context["request"].user, event.recommendations.all()
    # The page of the event has counted them already.
    done, counted, share = getattr(event, "done_share", None) or rows.done_share()
    found = {"done": done, "counted": counted, "share": share, "rows": [], "may_edit": False}
    if user.is_authenticated:
        steps = "steps__changed_by", "steps__evidence"
        rows = rows.select_related("municipality").prefetch_related("texts", *steps)
        found["rows"], today = list(rows), timezone.localdate()
        for row in found["rows"]:
            row.overdue, row.open_steps = row.is_overdue(on=today), steps_for(row)
        found["may_edit"] = user.works_for_programme
    return found


@register.simple_tag
def recommendations_overall():
    """Of all events: {"done", "counted", "share", "overdue", "first"}"""
    rows = Recommendation.objects.all()
    done, counted, share = rows.done_share()
    late = rows.overdue(on=timezone.localdate()).order_by("due_on", "pk")
    shown = late.select_related("event", "municipality").prefetch_related("texts", "event__texts")
    first = list(shown[: SHOWN_OVERDUE + 1]) if counted else []
    overdue = len(first) if len(first) <= SHOWN_OVERDUE else late.count()
    return {
        "done": done,
        "counted": counted,
        "share": share,
        "overdue": overdue,
        "first": first[:SHOWN_OVERDUE],
    }
