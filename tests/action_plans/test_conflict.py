"""Two people on one plan: the page that the second one sees."""

import pytest
from django.urls import reverse

from action_plans.models import PlanStatus
from tests.action_plans.form_data import sent_by
from tests.factories import OfficerFactory, PlanFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return PlanFactory(cost_kgs=1000, own=200, grant=800, villages="Бостери")


@pytest.fixture
def url(plan):
    return reverse("action_plans:edit", args=[plan.reference])


@pytest.fixture
def typed(client, plan, url):
    """What a person types on the open page while another one saves."""
    client.cookies["django_language"] = "en"
    client.force_login(StaffFactory())
    return sent_by(client.get(url))


@pytest.fixture
def other_saves(client, plan, url):
    """other_saves(cost_kgs="1 200"): somebody else changes the plan meanwhile."""

    def save(**changes):
        client.force_login(OfficerFactory(municipality=plan.lead, name="Айгүл"))
        data = sent_by(client.get(url)) | {k.replace("__", "-"): v for k, v in changes.items()}
        assert client.post(url, data).status_code == 302
        client.force_login(StaffFactory())

    return save


def shown(response):
    return [(str(c.label), c.was, c.now, c.mine) for c in response.context["comparison"].changes]


def test_what_both_changed_is_shown_and_what_was_typed_stays(client, url, plan, typed, other_saves):
    other_saves(villages="Чоң-Сары-Ой")
    response = client.post(url, typed | {"villages": "Булан-Соготту"})
    assert shown(response) == [("Villages", "Бостери", "Чоң-Сары-Ой", "Булан-Соготту")]
    assert response.context["entry"].form["villages"].value() == "Булан-Соготту"
    assert [str(c.by) for c in response.context["comparison"].changes] == ["Айгүл"]
    plan.refresh_from_db()
    assert (plan.villages, plan.version) == ("Чоң-Сары-Ой", 2)


def test_what_only_the_other_changed_is_taken_into_my_form(client, url, typed, other_saves):
    other_saves(villages="Чоң-Сары-Ой")
    response = client.post(url, typed | {"cost_kgs": "1 500"})
    assert shown(response) == [("Villages", "Бостери", "Чоң-Сары-Ой", None)]
    form = response.context["entry"].form
    assert (form["villages"].value(), form["cost_kgs"].value()) == ("Чоң-Сары-Ой", "1,500.00")


def test_saving_mine_over_keeps_mine_and_the_untouched_of_the_other(
    client, url, plan, typed, other_saves
):
    other_saves(villages="Чоң-Сары-Ой", beneficiaries_total="500")
    response = client.post(url, typed | {"villages": "Булан-Соготту"})
    assert client.post(url, sent_by(response)).status_code == 302
    plan.refresh_from_db()
    assert (plan.villages, plan.beneficiaries_total, plan.version) == ("Булан-Соготту", 500, 3)


def test_a_contribution_the_other_added_comes_as_a_row_of_mine(
    client, url, plan, typed, other_saves
):
    other_saves(
        **{
            "money-TOTAL_FORMS": "3",
            "money-2-source": "donor",
            "money-2-form": "cash",
            "money-2-amount_kgs": "50",
        }
    )
    response = client.post(url, typed | {"cost_kgs": "1 050"})
    assert [row["amount_kgs"].value() for row in response.context["entry"].money.shown] == [
        "200.00",
        "800.00",
        "50.00",
    ]
    client.post(url, sent_by(response))
    plan.refresh_from_db()
    assert (plan.contributions.count(), plan.promised_kgs, plan.cost_kgs) == (3, 1050, 1050)


def test_a_contribution_the_other_removed_while_i_changed_it_can_be_added_again(
    client, url, plan, typed, other_saves
):
    other_saves(**{"money-1-DELETE": "on"})
    response = client.post(url, typed | {"money-1-amount_kgs": "900"})
    assert [change[2:] for change in shown(response)] != []
    assert [row["amount_kgs"].value() for row in response.context["entry"].money.shown] == [
        "200.00",
        "900.00",
    ]
    client.post(url, sent_by(response))
    plan.refresh_from_db()
    assert (plan.grant_kgs, plan.contributions.count()) == (900, 2)


def test_a_contribution_the_other_removed_and_i_left_alone_stays_removed(
    client, url, plan, typed, other_saves
):
    other_saves(**{"money-1-DELETE": "on"})
    response = client.post(url, typed | {"villages": "Булан-Соготту"})
    client.post(url, sent_by(response))
    plan.refresh_from_db()
    assert (plan.villages, plan.grant_kgs) == ("Булан-Соготту", 0)


def test_a_text_both_wrote_is_compared_in_its_language(client, url, plan, typed, other_saves):
    other_saves(**{"text-title": "Вода и канализация"})
    response = client.post(url, typed | {"text-title": "Питьевая вода"})
    assert shown(response) == [("Title (Русский)", "План", "Вода и канализация", "Питьевая вода")]


def test_a_row_i_sent_twice_because_the_answer_was_lost_is_not_added_twice(
    client, url, plan, typed
):
    row = {
        "money-TOTAL_FORMS": "3",
        "money-2-source": "donor",
        "money-2-form": "cash",
        "money-2-amount_kgs": "50",
    }
    for _click in range(2):
        assert client.post(url, typed | row).status_code == 302
    response = client.post(url, typed | row | {"villages": "Булан-Соготту"})
    client.post(url, sent_by(response))
    plan.refresh_from_db()
    assert (plan.contributions.count(), plan.villages) == (3, "Булан-Соготту")


def test_the_same_change_by_both_is_saved(client, url, plan, typed, other_saves):
    other_saves(villages="Чоң-Сары-Ой")
    assert client.post(url, typed | {"villages": "Чоң-Сары-Ой"}).status_code == 302
    plan.refresh_from_db()
    assert plan.version == 2


def test_a_plan_submitted_meanwhile_shows_what_was_typed_and_saves_nothing(
    client, url, plan, typed
):
    type(plan).objects.filter(pk=plan.pk).update(status=PlanStatus.SUBMITTED)
    response = client.post(url, typed | {"villages": "Булан-Соготту"})
    assert response.context["locked"] == plan
    assert "Булан-Соготту" in response.content.decode()
    plan.refresh_from_db()
    assert plan.villages == "Бостери"


def test_a_second_click_on_submit_leads_to_the_submitted_plan(client, url, plan, typed):
    answers = [client.post(url, typed | {"submit": "1"}) for _click in range(2)]
    assert [answer.url for answer in answers] == [plan.get_absolute_url()] * 2
    plan.refresh_from_db()
    assert plan.status == PlanStatus.SUBMITTED
