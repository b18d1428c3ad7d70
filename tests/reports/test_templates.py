"""Templates of donor reports: who edits them, what is refused, and two people at the same time."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override

from reports import report_templates
from reports.donor_tables.registry import TABLES
from reports.loading import load_report_templates
from reports.models import ReportTemplate
from reports.report_templates import ConflictError
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SOURCES = {"table": "sources", "rows": "", "columns": []}
VALUES = {
    "name_en": "Yearly",
    "name_ru": "",
    "name_ky": "",
    "donor": "EU",
    "tables": [SOURCES],
    "basis": "reported",
    "period_months": 12,
    "currency": "EUR",
    "rate_basis": "average",
    "language": "en",
    "is_retired": False,
    "certificate_en": "I certify.",
    "certificate_ru": "",
    "certificate_ky": "",
}


@pytest.fixture
def staff(client):
    user = factories.StaffFactory(name="Aida")
    client.force_login(user)
    return user


def typed(tables=("sources",), **changes):
    """What a browser sends."""
    rows = {"tables-TOTAL": str(len(tables))}
    for place, slug in enumerate(tables):
        rows |= {f"tables-{place}-order": str(10 * (place + 1)), f"tables-{place}-table": slug}
    values = {
        name: value for name, value in VALUES.items() if name != "tables" and value is not False
    }
    return {**values, **rows, "slug": "yearly", **changes}


def add(client, **changes):
    return client.post(reverse("reports:template_add"), typed(**changes))


def edit(client, template, **changes):
    url = reverse("reports:template", args=[template.slug])
    return client.post(url, typed(**{"version": template.version} | changes))


def test_a_template_is_added_with_its_tables_in_order(client, staff):
    response = add(client, tables=("budget", "sources"), **{"tables-0-order": "90"})
    saved = ReportTemplate.objects.get()
    assert response.url == "/reports/templates/yearly/"
    assert [entry["table"] for entry in saved.tables] == ["sources", "budget"]
    assert (saved.version, saved.changed_by) == (1, staff)


def test_a_template_without_tables_is_refused_in_words_and_keeps_what_was_typed(client, staff):
    response = add(client, tables=("", ""))
    assert response.content.decode().count("Choose at least one table.") == 1
    assert "This field cannot be blank." not in response.content.decode()
    assert 'value="Yearly"' in response.content.decode()
    assert not ReportTemplate.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name_en": ""}, "Write the name in at least one language."),
        ({"slug": "not a slug"}, "Enter a valid “slug”"),
        ({"slug": ""}, "This field is required."),
        ({"slug": "new"}, "A template with this address exists already."),
        ({"period_months": "0"}, "greater than or equal to 1"),
        ({"period_months": "999"}, "less than or equal to 60"),
        ({"currency": "GOLD"}, "Select a valid choice."),
        ({"rate_basis": "guess"}, "Select a valid choice."),
        ({"tables-0-table": "wages"}, "Select a valid choice."),
        ({"tables-0-rows": "line"}, "has no rows of the kind"),
        ({"tables-TOTAL": "lots"}, "Choose at least one table."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(client, staff, changes, words):
    response = add(client, **changes)
    assert words in response.content.decode()
    assert not ReportTemplate.objects.exists()


def test_an_address_is_used_once(client, staff):
    add(client)
    response = add(client)
    assert (
        "already exists" in response.content.decode()
        or "exists already" in response.content.decode()
    )
    assert ReportTemplate.objects.count() == 1


def test_a_change_is_a_new_version_by_a_person(client, staff):
    template = factories.ReportTemplateFactory()
    assert edit(client, template, name_en="Other").status_code == 302
    template.refresh_from_db()
    assert (template.name_en, template.version, template.changed_by) == ("Other", 2, staff)


def test_the_same_form_twice_is_one_version(client, staff):
    template = factories.ReportTemplateFactory()
    edit(client, template, name_en="Other")
    assert edit(client, template, name_en="Other").status_code == 302
    template.refresh_from_db()
    assert template.version == 2


def test_two_people_at_once_lose_nothing(client, staff):
    template = factories.ReportTemplateFactory()
    edit(client, template, donor="Hers")
    client.force_login(factories.StaffFactory(name="Bakyt"))
    response = edit(client, template, donor="His")
    html = response.content.decode()
    assert "Somebody else saved this template while you were working on it" in html
    assert "Aida saved version 2" in html
    assert "Hers" in html
    assert 'value="His"' in html
    template.refresh_from_db()
    assert (template.donor, template.version) == ("Hers", 2)
    # With the version that the page now has, it is his decision.
    assert edit(client, template, donor="His").status_code == 302
    template.refresh_from_db()
    assert (template.donor, template.version) == ("His", 3)


def test_a_conflict_names_only_what_differs(staff):
    template = report_templates.add(slug="yearly", values=VALUES, by=staff)
    report_templates.change(slug="yearly", values=VALUES | {"donor": "UN"}, version=1, by=staff)
    mine = VALUES | {"donor": "UN", "period_months": 6}
    with pytest.raises(ConflictError) as conflict:
        report_templates.change(slug=template.slug, values=mine, version=1, by=staff)
    assert [(d.name, d.now, d.mine) for d in conflict.value.differences] == [
        ("period_months", 12, 6)
    ]


def test_the_verb_refuses_what_no_form_sends(staff):
    for tables in [[], [{"table": "wages"}], [{"table": "sources", "rows": "line"}]]:
        with pytest.raises(ValidationError):
            report_templates.add(slug="bad", values=VALUES | {"tables": tables}, by=staff)


def test_some_columns_are_chosen_and_all_means_all(client, staff):
    template = factories.ReportTemplateFactory()
    page = client.get(reverse("reports:template", args=[template.slug]))
    boxes = page.context["rows"].forms[0].fields["columns"].choices
    names = [name for name, _label in boxes]
    some = {"tables-0-columns": names[:2], "tables-0-columns_of": "sources/"}
    edit(client, template, **some)
    template.refresh_from_db()
    assert template.tables == [SOURCES | {"columns": names[:2]}]
    edit(client, template, **some | {"tables-0-columns": names})
    template.refresh_from_db()
    assert template.tables == [SOURCES]


def test_columns_of_another_table_are_not_taken_along(client, staff):
    template = factories.ReportTemplateFactory()
    edit(
        client,
        template,
        tables=("budget",),
        **{"tables-0-columns": ["planned_kgs"], "tables-0-columns_of": "sources/"},
    )
    template.refresh_from_db()
    assert template.tables == [{"table": "budget", "rows": "", "columns": []}]


def test_a_donor_reads_and_does_not_change(client):
    template = factories.ReportTemplateFactory()
    client.force_login(factories.DonorFactory())
    page = client.get(reverse("reports:template", args=[template.slug])).content.decode()
    assert "T3 Sources of funding" in page
    assert "<textarea" not in page
    assert edit(client, template).status_code == 404


def test_a_retired_template_is_not_offered_but_still_opens(client, staff):
    template = factories.ReportTemplateFactory(is_retired=True)
    factories.ReportTemplateFactory(slug="other", name_en="Other")
    offered = client.get(reverse("reports:table", args=["donor"])).context["templates"]
    assert [each.slug for each in offered] == ["other"]
    page = client.get(reverse("reports:table", args=["donor"]), {"template": template.slug})
    assert page.context["question"].template == template


@pytest.mark.parametrize("number", [1, 4])
def test_the_list_asks_the_same_for_any_number(client, staff, django_assert_num_queries, number):
    for place in range(number):
        factories.ReportTemplateFactory(slug=f"t{place}")
    with django_assert_num_queries(4):  # session, user, inbox, templates
        client.get(reverse("reports:templates"))


# Those that come with the portal


def test_two_templates_come_with_the_portal_in_three_languages():
    load_report_templates()
    for template in ReportTemplate.objects.all():
        report_templates.check(template)
        for language in ["ky", "ru", "en"]:
            with override(language):
                assert template.name_language == language
            assert getattr(template, f"certificate_{language}")
    assert set(ReportTemplate.objects.values_list("slug", flat=True)) == {
        "sdc-half-year",
        "eu-year",
    }


def test_they_show_columns_that_their_tables_have(staff):
    factories.PhaseFactory()  # whose periods reports are about
    load_report_templates()
    for template in ReportTemplate.objects.all():
        for entry in template.tables:
            assert entry["table"] in TABLES
            known = report_templates.columns_of(entry["table"], entry["rows"], user=staff)
            assert set(entry["columns"]) <= {column.name for column in known}


def test_loading_again_leaves_what_the_office_changed():
    load_report_templates()
    ReportTemplate.objects.filter(slug="eu-year").update(donor="European Union")
    call_command("load_reference", verbosity=0)
    assert ReportTemplate.objects.get(slug="eu-year").donor == "European Union"
    assert ReportTemplate.objects.count() == 2
