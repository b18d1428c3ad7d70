from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from action_plans.models import ActionPlan, Contribution, PlanStatus
from tests.action_plans.form_data import money, new_plan, sent_by
from tests.factories import (
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PaymentFactory,
    PhaseFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
CREATE = reverse("action_plans:create")


@pytest.fixture
def staff(client):
    user = StaffFactory()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def edit(plan):
    return reverse("action_plans:edit", args=[plan.reference])


def save(client, plan, **changes):
    """Open the form, change something in it, press save."""
    data = sent_by(client.get(edit(plan))) | changes
    response = client.post(edit(plan), data)
    assert response.status_code == 302, problems(response)
    return response


def problems(response):
    return [message for _where, _label, message in response.context["entry"].problems]


def test_staff_create_a_plan_with_its_contributions(client, staff):
    response = client.post(CREATE, new_plan(), follow=True)
    plan = ActionPlan.objects.get()
    assert (plan.title, plan.cost_kgs, plan.own_kgs, plan.grant_kgs) == (
        "Вода",
        1_000_000,
        200_000,
        800_000,
    )
    assert response.redirect_chain == [(edit(plan), 302)]
    assert "It has not been submitted." in str(next(iter(response.context["messages"])))


def test_the_page_shows_what_is_stored_and_saving_it_unchanged_changes_nothing(client, staff):
    plan = PlanFactory(
        cost_kgs=Decimal("1234567.89"), own=200_000, starts_on=date(2027, 5, 1), starts_precision="month",
        area=ServiceAreaFactory(), beneficiaries_total=5200,
    )  # fmt: skip
    response = client.post(edit(plan), sent_by(client.get(edit(plan))))
    after = ActionPlan.objects.get()
    assert (response.status_code, after.version, after.history.count()) == (302, 1, 1)
    assert (after.starts_precision, after.beneficiaries_total) == ("month", 5200)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1 234 567,50", "1234567.50"),
        ("1234567.50", "1234567.50"),
        ("1,234,567.50", "1234567.50"),
        ("1\u00a0234\u202f567,5 сом", "1234567.50"),
        ("", None),
    ],
)
def test_a_cost_is_read_as_people_type_it_in_every_language(client, staff, language, typed, stored):
    client.cookies["django_language"] = language
    client.post(CREATE, new_plan(cost_kgs=typed))
    assert ActionPlan.objects.get().cost_kgs == (stored and Decimal(stored))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1,234", "“1,234” can be read as 1,234 or as 1.234."),
        ("12,34,5", "“12,34,5” is not an amount."),
        ("сто тысяч", "“сто тысяч” is not an amount."),
        ("-5", "An amount cannot be below zero."),
        ("100000000000,01", "The amount is over KGS\u00a0100,000,000,000.00."),
    ],
)
def test_an_amount_that_cannot_be_meant_is_asked_back_and_stays_as_typed(
    client, staff, typed, said
):
    client.cookies["django_language"] = "en"
    row = ("municipality", "cash", typed)
    response = client.post(CREATE, new_plan(cost_kgs=typed, **money(row)))
    assert [message.startswith(said) for message in problems(response)] == [True, True]
    assert response.context["entry"].form["cost_kgs"].value() == typed
    assert f'value="{typed}"' in response.content.decode()
    assert not ActionPlan.objects.exists()


def test_nothing_typed_at_all_is_told_field_by_field(client, staff):
    response = client.post(CREATE, {})
    named = [where for where, _label, _message in response.context["entry"].problems]
    assert named == [
        "id_text-title",
        "id_text-language",
        "id_places-0-municipality",
        "id_places-0-share",
        "id_phase",
    ]
    assert 'id="problems"' in response.content.decode()


def test_the_end_before_the_start_is_told_at_the_end(client, staff):
    response = client.post(CREATE, new_plan(starts_on="01.03.2019", ends_on="15.02.2019"))
    assert [where for where, *_rest in response.context["entry"].problems] == ["id_ends_on"]


def test_more_women_than_people_is_told_at_the_people(client, staff):
    response = client.post(CREATE, new_plan(beneficiaries_total="10", beneficiaries_women="11"))
    assert [where for where, *_rest in response.context["entry"].problems] == [
        "id_beneficiaries_total"
    ]


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [
        ("16.08.2018", "2018-08-16", "day"),
        ("2018-08-16", "2018-08-16", "day"),
        ("08.2018", "2018-08-01", "month"),
        ("2018", "2018-01-01", "year"),
    ],
)
def test_a_date_is_known_as_far_as_it_was_typed(client, staff, typed, day, precision):
    client.post(CREATE, new_plan(starts_on=typed))
    plan = ActionPlan.objects.get()
    assert (str(plan.starts_on), plan.starts_precision, plan.year) == (day, precision, 2018)


@pytest.mark.parametrize("typed", ["31.02.2018", "16.08.18", "0018", "завтра", "01.01.2918"])
def test_a_date_that_cannot_be_meant_is_refused(client, staff, typed):
    response = client.post(CREATE, new_plan(starts_on=typed))
    assert [where for where, *_rest in response.context["entry"].problems] == ["id_starts_on"]


def test_the_precision_of_a_date_stays_until_the_date_is_changed(client, staff):
    plan = PlanFactory(starts_on=date(2018, 8, 1), starts_precision="month")
    data = sent_by(client.get(edit(plan)))
    client.post(edit(plan), data | {"starts_on": "01.08.2018", "villages": "Бостери"})
    plan.refresh_from_db()
    assert (plan.starts_precision, plan.villages) == ("month", "Бостери")
    client.post(
        edit(plan), data | {"starts_on": "02.08.2018", "villages": "Бостери", "version": "2"}
    )
    plan.refresh_from_db()
    assert plan.starts_precision == "day"


# --- Rows -----------------------------------------------------------------------------------------


def two_places(first, second):
    return {
        "places-TOTAL_FORMS": "2",
        "places-0-municipality": str(MunicipalityFactory().pk),
        "places-0-share": first,
        "places-1-municipality": str(MunicipalityFactory().pk),
        "places-1-share": second,
    }


def test_a_joint_plan_has_shares_and_one_municipality_that_leads(client, staff):
    client.post(CREATE, new_plan(**two_places("33,33", "66.67 %"), lead="1"))
    plan = ActionPlan.objects.get()
    rows = [
        (row.is_lead, row.share, row.municipality == plan.lead) for row in plan.municipalities.all()
    ]
    assert rows == [(True, Decimal("66.67"), True), (False, Decimal("33.33"), False)]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("50", "40", "The shares add up to 90.00%; 10.00% is missing."),
        ("60", "50", "The shares add up to 110.00%; that is 10.00% too much."),
        ("0", "100", "“0” is not a share."),
    ],
)
def test_shares_that_are_not_100_are_refused_with_what_is_missing(
    client, staff, first, second, said
):
    response = client.post(CREATE, new_plan(**two_places(first, second)))
    assert [message.startswith(said) for message in problems(response)] == [True]


def test_the_same_municipality_twice_is_refused(client, staff):
    rows = two_places("50", "50")
    rows["places-1-municipality"] = rows["places-0-municipality"]
    assert len(problems(client.post(CREATE, new_plan(**rows)))) == 1


def test_a_plan_may_have_several_areas(client, staff):
    water, roads = ServiceAreaFactory(), ServiceAreaFactory()
    areas = {"areas-TOTAL_FORMS": "2", "areas-0-area": str(water.pk), "areas-0-share": "75"}
    client.post(CREATE, new_plan(**areas | {"areas-1-area": str(roads.pk), "areas-1-share": "25"}))
    assert {row.area: row.share for row in ActionPlan.objects.get().areas.all()} == {
        water: 75,
        roads: 25,
    }


def test_without_a_script_a_row_is_added_and_nothing_is_saved_or_lost(client, staff):
    data = new_plan(**{"text-title": "", "cost_kgs": "сто"})
    response = client.post(CREATE, data | {"add": "money"})
    entry = response.context["entry"]
    assert (len(entry.money.forms), entry.form["cost_kgs"].value(), entry.problems) == (
        3,
        "сто",
        [],
    )
    assert entry.money.forms[1]["amount_kgs"].value() == "200 000"
    assert "is-invalid" not in response.content.decode()
    assert not ActionPlan.objects.exists()


def test_without_a_script_a_row_is_removed_put_back_and_only_saving_deletes_it(client, staff):
    plan = PlanFactory(cost_kgs=1_000_000, own=200_000, grant=800_000)
    data = sent_by(client.get(edit(plan)))
    response = client.post(edit(plan), data | {"remove": "money-1"})
    assert (response.context["entry"].sums.promised, plan.contributions.count()) == (200_000, 2)
    back = client.post(edit(plan), sent_by(response) | {"restore": "money-1"})
    assert back.context["entry"].sums.promised == 1_000_000
    client.post(edit(plan), sent_by(response))
    assert plan.contributions.get().source == "municipality"


def test_a_row_without_amount_or_source_is_told_which(client, staff):
    response = client.post(
        CREATE, new_plan(**money(("grant", "cash", ""), ("", "cash", "5"), ("", "cash", "")))
    )
    named = [where for where, *_rest in response.context["entry"].problems]
    assert named == ["id_money-0-amount_kgs", "id_money-1-source"]


def test_a_contribution_of_another_plan_is_a_bad_request(client, staff):
    mine, other = PlanFactory(own=1), PlanFactory(own=2)
    data = sent_by(client.get(edit(mine))) | {"money-0-row": str(other.contributions.get().pk)}
    assert client.post(edit(mine), data).status_code == 400
    assert (
        client.post(CREATE, new_plan(**money(("grant", "cash", "1", "", "1")))).status_code == 400
    )


@pytest.mark.parametrize(
    "change", [{"money-0-DELETE": "on"}, {"money-0-source": "grant"}, {"money-0-form": "in_kind"}]
)
def test_a_contribution_with_payments_stays_with_its_source_and_form(client, staff, change):
    plan = PlanFactory(cost_kgs=100, own=50)
    PaymentFactory(contribution=plan.contributions.get(), amount_kgs=10)
    response = client.post(edit(plan), sent_by(client.get(edit(plan))) | change)
    assert len(problems(response)) == 1
    assert Contribution.objects.filter(source="municipality", form="cash").exists()


# --- Sums and the minimum ---------------------------------------------------------------------------


def test_the_server_prints_the_sums_of_what_was_typed(client, staff):
    rows = money(
        ("grant", "cash", "700 000"),
        ("municipality", "in_kind", "100 000"),
        ("oblast", "cash", "1,234"),
    )
    sums = client.post(CREATE, new_plan(**rows) | {"add": "money"}).context["entry"].sums
    assert (sums.promised, sums.gap, sums.surplus, sums.unread) == (800_000, 200_000, 0, 1)
    assert (sums.own_share, sums.cash_share, sums.is_under_minimum) == (10, 0, False)


def test_a_draft_under_the_minimum_is_saved_and_warned_about(client, staff):
    rows = money(("grant", "cash", "1 710 000"), ("municipality", "cash", "180 000"))
    response = client.post(CREATE, new_plan(cost_kgs="1 900 000", **rows), follow=True)
    sums = response.context["entry"].sums
    assert (sums.is_under_minimum, sums.missing, sums.needed) == (True, 10_000, 190_000)
    assert ActionPlan.objects.get().is_under_minimum


@pytest.mark.parametrize(
    ("in_kind", "cash", "under", "missing"),
    [
        ("100 000", "90 000", True, 10_000),
        ("0,01", "100 000", False, 0),
        ("900 000", "99 999,99", True, Decimal("0.01")),
    ],
)
def test_where_in_kind_does_not_count_the_share_in_cash_is_tested(
    client, staff, in_kind, cash, under, missing
):
    phase = PhaseFactory(in_kind_counts=False)
    rows = money(("municipality", "in_kind", in_kind), ("municipality", "cash", cash))
    response = client.post(CREATE, new_plan(phase=phase.pk, **rows), follow=True)
    sums = response.context["entry"].sums
    assert (sums.is_under_minimum, sums.missing) == (under, missing)
    assert ActionPlan.objects.get().is_under_minimum is under


def test_where_in_kind_does_not_count_the_words_say_so(client, staff, english):
    phase = PhaseFactory(in_kind_counts=False)
    rows = money(("municipality", "in_kind", "100 000"), ("municipality", "cash", "99 960"))
    data = new_plan(phase=phase.pk, **rows, submit="1")
    page = client.post(CREATE, data, follow=True).text
    assert "Own contribution in cash is 9.996%; at least 10.0% is needed, and in this phase" in page
    assert "only the contribution in cash counts towards the minimum." in page
    plan = ActionPlan.objects.get()
    page = client.get(plan.get_absolute_url()).text
    assert "Own contribution in cash is 9.996%; at least 10.0% is needed." in page
    assert "only the contribution in cash counts towards it: 9.996%" in page
    assert "in cash under the minimum" in client.get(reverse("action_plans:list")).text


def test_a_new_promise_of_nothing_is_refused_in_words(client, staff, english):
    rows = money(("grant", "cash", "0"), ("municipality", "cash", "100"))
    response = client.post(CREATE, new_plan(**rows))
    assert "A promise is more than 0. Write the amount, or remove the row." in response.text
    assert not ActionPlan.objects.exists()


UNDER = money(("grant", "cash", "950 000"), ("municipality", "cash", "50 000"))


def test_submitting_under_the_minimum_saves_the_draft_and_says_what_is_missing(client, staff):
    response = client.post(CREATE, new_plan(**UNDER, submit="1"), follow=True)
    plan = ActionPlan.objects.get()
    assert (plan.status, plan.own_kgs) == (PlanStatus.DRAFT, 50_000)
    assert [message.level_tag for message in response.context["messages"]] == ["success", "error"]


def test_staff_confirm_a_share_under_the_minimum_with_a_reason(client, staff):
    without = client.post(CREATE, new_plan(**UNDER, stays_under="on", submit="1"))
    assert [where for where, *_rest in without.context["entry"].problems] == [
        "id_under_minimum_reason"
    ]
    client.post(
        CREATE, new_plan(**UNDER, stays_under="on", under_minimum_reason="Бедное село", submit="1")
    )
    plan = ActionPlan.objects.get()
    assert (plan.status, plan.under_minimum_reason, plan.under_minimum_by) == (
        "submitted",
        "Бедное село",
        staff,
    )


def test_the_confirmation_goes_when_the_share_reaches_the_minimum(client, staff):
    client.post(CREATE, new_plan(**UNDER, stays_under="on", under_minimum_reason="Бедное село"))
    plan = ActionPlan.objects.get()
    save(client, plan, **{"money-1-amount_kgs": "100 000"})
    plan.refresh_from_db()
    assert (plan.under_minimum_reason, plan.under_minimum_at, plan.under_minimum_by) == (
        "",
        None,
        None,
    )


def test_municipal_people_cannot_confirm_and_keep_what_staff_confirmed(client, staff):
    client.post(CREATE, new_plan(**UNDER, stays_under="on", under_minimum_reason="Бедное село"))
    plan = ActionPlan.objects.get()
    client.force_login(OfficerFactory(municipality=plan.lead))
    forged = {"stays_under": "", "under_minimum_reason": "", "villages": "Бостери"}
    save(client, plan, **forged)
    plan.refresh_from_db()
    assert (plan.villages, plan.under_minimum_reason, plan.under_minimum_by) == (
        "Бостери",
        "Бедное село",
        staff,
    )


def test_a_lower_share_than_staff_confirmed_has_to_be_confirmed_again(client, staff):
    client.post(CREATE, new_plan(**UNDER, stays_under="on", under_minimum_reason="Бедное село"))
    plan = ActionPlan.objects.get()
    client.force_login(OfficerFactory(municipality=plan.lead))
    save(client, plan, **{"money-1-amount_kgs": "10 000"})
    plan.refresh_from_db()
    assert (plan.under_minimum_at, plan.own_kgs) == (None, 10_000)


# --- Who -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "status"),
    [(StaffFactory, 200), (HeadFactory, 200), (OfficerFactory, 200), (DonorFactory, 404)],
)
def test_the_office_and_municipal_people_create_plans(client, person, status):
    client.force_login(person())
    assert client.get(CREATE).status_code == status


@pytest.mark.parametrize(
    ("status", "answer"), [("draft", 200), ("returned", 200), ("submitted", 404), ("approved", 404)]
)
def test_only_drafts_and_returned_plans_are_edited(client, staff, status, answer):
    assert client.get(edit(PlanFactory(status=status))).status_code == answer


def test_another_municipality_cannot_open_the_form(client):
    plan = PlanFactory()
    client.force_login(HeadFactory())
    assert (
        client.get(edit(plan)).status_code
        == client.post(edit(plan), {"version": "1"}).status_code
        == 404
    )


def test_a_head_creates_a_plan_of_the_own_municipality(client):
    head = HeadFactory()
    client.force_login(head)
    client.post(CREATE, new_plan(**{"places-0-municipality": str(head.municipality_id)}))
    plan = ActionPlan.objects.get()
    assert (plan.lead, plan.created_by) == (head.municipality, head)


@pytest.mark.parametrize("forge", ["municipality", "lead", "removed"])
def test_a_head_cannot_forge_another_municipality_that_leads(client, forge):
    head = HeadFactory()
    client.force_login(head)
    data = new_plan(**two_places("50", "50"))
    data["places-0-municipality"] = str(head.municipality_id)
    data |= {
        "municipality": {"places-0-municipality": data["places-1-municipality"]},
        "lead": {"lead": "1"},
        "removed": {"places-0-DELETE": "on"},
    }[forge]
    assert client.post(CREATE, data).status_code == 400
    assert not ActionPlan.objects.exists()


def test_a_partner_municipality_keeps_who_leads(client):
    plan = PlanFactory()
    officer = OfficerFactory()
    plan.municipalities.update(share=50)
    plan.municipalities.create(municipality=officer.municipality, share=50)
    client.force_login(officer)
    save(client, plan, villages="Бостери")
    after = ActionPlan.objects.get()
    assert (after.lead, after.villages) == (plan.lead, "Бостери")


# --- Texts and sample values ----------------------------------------------------------------------


def test_a_translation_is_kept_beside_the_original_and_goes_when_it_is_emptied(client, staff):
    client.post(CREATE, new_plan(**{"ky-title": "Суу", "ky-problem": "Суу жок"}))
    plan = ActionPlan.objects.get()
    assert {t.language: (t.title, t.state) for t in plan.texts.all()} == {
        "ru": ("Вода", "original"), "ky": ("Суу", "draft"),
    }  # fmt: skip
    save(client, plan, **{"ky-title": "", "ky-problem": ""})
    assert plan.texts.get().language == "ru"


def test_a_translation_needs_a_title_and_another_language_than_the_original(client, staff):
    response = client.post(CREATE, new_plan(**{"ky-problem": "Суу жок"}))
    assert [where for where, *_rest in response.context["entry"].problems] == ["id_ky-title"]
    response = client.post(CREATE, new_plan(**{"ru-title": "Вода"}))
    assert [where for where, *_rest in response.context["entry"].problems] == ["id_ru-title"]


def test_the_language_a_plan_is_written_in_can_be_corrected(client, staff):
    client.post(CREATE, new_plan())
    plan = ActionPlan.objects.get()
    save(client, plan, **{"text-language": "ky"})
    assert [(t.language, t.title, t.is_original) for t in plan.texts.all()] == [
        ("ky", "Вода", True)
    ]


def test_what_a_person_changes_is_sample_no_longer(client, staff):
    plan = PlanFactory(
        cost_kgs=100, own=50, grant=50, sample_fields=["cost_kgs", "starts_on", "municipality"]
    )
    plan.contributions.update(is_sample=True)
    data = sent_by(client.get(edit(plan))) | {"cost_kgs": "200", "money-0-amount_kgs": "60"}
    client.post(edit(plan), data)
    plan.refresh_from_db()
    assert plan.sample_fields == ["starts_on", "municipality", "grant_kgs"]


def test_a_plan_is_found_by_its_title_and_by_every_spelling_of_its_place(client, staff):
    place = MunicipalityFactory(name_ru="Улахол", name_en="Ulakol", other_names="Ulahol")
    client.post(CREATE, new_plan(**{"places-0-municipality": str(place.pk)}))
    for words in ["ulahol", "Ulakol", "вода", "voda"]:
        assert ActionPlan.objects.search(words).count() == 1


def test_the_form_asks_the_same_number_of_queries_for_any_number_of_rows(
    client, staff, django_assert_num_queries
):
    plan = PlanFactory(cost_kgs=100, own=50)
    with django_assert_num_queries(14) as few:
        client.get(edit(plan))
    for _i in range(3):
        Contribution.objects.create(plan=plan, source="donor", amount_kgs=5)
    with django_assert_num_queries(len(few)):
        client.get(edit(plan))


@pytest.mark.parametrize("forged", [{"version": "9" * 30}, {"version": "x"}, {"key": "1"}])
def test_hidden_fields_that_no_browser_sends_are_a_bad_request(client, staff, forged):
    assert client.post(CREATE, new_plan(**forged)).status_code == 400


@pytest.mark.parametrize("rows", ["places", "areas", "money"])
@pytest.mark.parametrize("count", ["0", "-1", "x", "1" * 5000])
@pytest.mark.parametrize("button", [{}, {"add": "money"}])
def test_counts_of_rows_that_no_browser_sends_break_nothing(client, staff, rows, count, button):
    form = new_plan() | {f"{rows}-TOTAL_FORMS": count} | button
    assert client.post(CREATE, form).status_code in (200, 302)


def test_too_many_rows_are_told_in_words_of_ours(client, staff):
    response = client.post(CREATE, new_plan(**money(*[("grant", "cash", "5")] * 101)))
    assert problems(response) == ["There are too many rows here: at most 100 can be saved."]


def test_a_municipality_that_leaves_a_joint_plan_comes_back_to_the_list(client):
    plan, officer = PlanFactory(), OfficerFactory()
    client.force_login(officer)
    share = plan.municipalities.get()
    share.share = 50
    share.save()
    plan.municipalities.create(municipality=officer.municipality, share=50)
    form = sent_by(client.get(edit(plan))) | {"places-0-share": "100", "places-1-DELETE": "on"}
    response = client.post(edit(plan), form, follow=True)
    assert response.redirect_chain == [(reverse("action_plans:list"), 302)]


def test_two_rows_that_name_one_contribution_are_a_bad_request(client, staff):
    plan = PlanFactory(cost_kgs=1000, own=200, grant=800)
    form = sent_by(client.get(edit(plan)))
    form["money-1-row"] = form["money-0-row"]
    assert client.post(edit(plan), form).status_code == 400
    assert plan.contributions.count() == 2


def test_two_forms_without_a_key_are_two_plans(client, staff):
    for _form in range(2):
        client.post(CREATE, new_plan(key=None))
    assert ActionPlan.objects.count() == 2


def test_an_edit_without_its_version_is_a_conflict_and_not_a_loss(client, staff):
    plan = PlanFactory(villages="Бостери")
    data = sent_by(client.get(edit(plan))) | {"villages": "Чоң-Сары-Ой"}
    del data["version"]
    assert client.post(edit(plan), data).context["comparison"]
    plan.refresh_from_db()
    assert plan.villages == "Бостери"
