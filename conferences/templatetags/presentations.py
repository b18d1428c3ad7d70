"""What pages of presentations share: the state as shape, word and tint."""

from django import template
from django.utils.html import format_html

from conferences.models import PresentationStatus
from lib.templatetags.site import icon

register = template.Library()
# The shapes of the states of plans (design: look, states), by what they mean here
SHAPES = {
    PresentationStatus.DRAFT: "draft",
    PresentationStatus.PROPOSED: "submitted",
    PresentationStatus.ACCEPTED: "approved",
    PresentationStatus.DECLINED: "rejected",
    PresentationStatus.WITHDRAWN: "cancelled",
}


@register.simple_tag
def presentation_status(status):
    shape = SHAPES[status]
    words = PresentationStatus(status).label
    return format_html('<span class="status status-{}">{}{}</span>', shape, icon(shape), words)
