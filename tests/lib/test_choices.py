import pytest
from django.utils.translation import override

from action_plans.models import ActionPlan, Contribution, Payment, PaymentKind, PlanStatus, Source

KINDS = [
    (Payment, "kind", PaymentKind),
    (Contribution, "source", Source),
    (ActionPlan, "status", PlanStatus),
]


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize(("model", "field", "choices"), KINDS)
def test_a_label_is_in_the_readers_language(model, field, choices, language):
    with override(language):
        shown = [getattr(model(**{field: v}), f"get_{field}_display")() for v in choices.values]
        assert shown == [str(label) for label in choices.labels]


def test_a_value_without_a_label_is_shown_as_it_is():
    assert Payment(kind="lost").get_kind_display() == "lost"
