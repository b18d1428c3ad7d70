"""Who may open what. A new URL fails here until somebody has decided."""

import re

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver

from tests.world import PEOPLE, World

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/?next="
# Django's own, for administrators only; tests/test_security.py looks at its door.
NOT_OURS = {"admin"}

EVERYBODY = "ok ok ok ok ok ok ok ok"
SIGNED_IN = "login ok ok ok ok ok ok ok"
OFFICE = "login ok ok ok 404 404 404 404"
# The office and the plan's own municipality
WORKERS = "login ok ok ok ok ok 404 404"
MUNICIPAL = "login ok ok ok ok ok ok 404"
NOBODY = "login 404 404 404 404 404 404 404"
OFFICE_AND_DONOR = "login ok ok ok 404 404 404 ok"
ASKER = "login 404 ok 404 404 404 404 404"  # the long file was asked for by the staff
APPROVER = "login 404 404 ok 404 404 404 404"
ADMINISTRATOR = "login ok 404 404 404 404 404 404"

# METHOD name[state of the plan]: anonymous administrator staff approver head officer stranger donor
ACCESS = {
    "get home": SIGNED_IN,
    "get healthz": EVERYBODY,
    "post set_language": EVERYBODY,
    "post set_theme": EVERYBODY,
    # Signing in
    "get account_login": EVERYBODY,
    "post account_login": EVERYBODY,
    "get account_logout": EVERYBODY,
    "post account_logout": EVERYBODY,
    "get account_inactive": EVERYBODY,
    "get account_change_password": SIGNED_IN,
    "post account_change_password": SIGNED_IN,
    "get account_reset_password": EVERYBODY,
    "post account_reset_password": EVERYBODY,
    "get account_reset_password_done": EVERYBODY,
    "get account_reset_password_from_key": EVERYBODY,
    "post account_reset_password_from_key": EVERYBODY,
    "get account_reset_password_from_key_done": EVERYBODY,
    "get account_invitation": EVERYBODY,
    "post account_invitation": EVERYBODY,
    # People
    "get accounts:people": ADMINISTRATOR,
    "get accounts:invite": ADMINISTRATOR,
    "post accounts:invite": ADMINISTRATOR,
    "get accounts:person": ADMINISTRATOR,
    "post accounts:person": ADMINISTRATOR,
    "post accounts:invite_again": ADMINISTRATOR,
    "get accounts:switch": ADMINISTRATOR,
    "post accounts:switch": ADMINISTRATOR,
    # Places
    "get municipalities:list": SIGNED_IN,
    "get municipalities:detail": SIGNED_IN,
    "get municipalities:regions": SIGNED_IN,
    "get municipalities:region": SIGNED_IN,
    "get municipalities:district": SIGNED_IN,
    "get municipalities:search": SIGNED_IN,
    # Plans
    "get action_plans:list": SIGNED_IN,
    "get action_plans:create": "login ok ok ok ok ok ok 404",
    "post action_plans:create": "login ok ok ok ok ok ok 404",
    "get action_plans:detail[draft]": WORKERS,
    "get action_plans:detail[submitted]": WORKERS,
    "get action_plans:detail[returned]": WORKERS,
    "get action_plans:detail[approved]": SIGNED_IN,
    "get action_plans:detail[implementation]": SIGNED_IN,
    "get action_plans:detail[completed]": SIGNED_IN,
    "get action_plans:history[draft]": WORKERS,
    "get action_plans:history[approved]": SIGNED_IN,
    "get action_plans:edit[draft]": WORKERS,
    "post action_plans:edit[draft]": WORKERS,
    "post action_plans:edit[returned]": WORKERS,
    "get action_plans:edit[submitted]": NOBODY,
    "post action_plans:edit[submitted]": NOBODY,
    "get action_plans:edit[approved]": NOBODY,
    "post action_plans:edit[approved]": NOBODY,
    # An officer drafts, the head submits.
    "post action_plans:submit[draft]": "login ok ok ok ok 404 404 404",
    "post action_plans:return[submitted]": OFFICE,
    "post action_plans:approve[submitted]": OFFICE,
    "post action_plans:start[approved]": OFFICE,
    "post action_plans:complete[implementation]": OFFICE,
    "post action_plans:cancel[approved]": OFFICE,
    # Money of a plan
    "get action_plans:money[draft]": WORKERS,
    "get action_plans:money[approved]": SIGNED_IN,
    "get reports:ledger_csv[draft]": WORKERS,
    "get reports:ledger_csv[approved]": SIGNED_IN,
    "get reports:ledger_xlsx[draft]": WORKERS,
    "get reports:ledger_xlsx[approved]": SIGNED_IN,
    "get action_plans:payment[draft]": WORKERS,
    "get action_plans:payment[approved]": WORKERS,
    "post action_plans:payment[approved]": WORKERS,
    "get action_plans:payment_reverse[approved]": WORKERS,
    "post action_plans:payment_reverse[approved]": WORKERS,
    "get action_plans:payment_correct[approved]": WORKERS,
    "post action_plans:payment_correct[approved]": WORKERS,
    "get action_plans:payment_repost[approved]": WORKERS,
    "post action_plans:payment_repost[approved]": WORKERS,
    "post action_plans:payment_discard[approved]": WORKERS,
    # The budget is entered in a draft by who works on it, revised by the office, commented on by both;
    # in another state the page sends back with a word.
    "get action_plans:budget_add[draft]": WORKERS,
    "post action_plans:budget_add[draft]": WORKERS,
    "get action_plans:budget_add[submitted]": WORKERS,
    "get action_plans:budget_add[approved]": WORKERS,
    "post action_plans:budget_add[approved]": WORKERS,
    "get action_plans:budget_edit[draft]": WORKERS,
    "post action_plans:budget_edit[draft]": WORKERS,
    "post action_plans:budget_edit[approved]": WORKERS,
    "get action_plans:budget_remove[draft]": WORKERS,
    "post action_plans:budget_remove[draft]": WORKERS,
    "get action_plans:budget_revise[approved]": OFFICE,
    "post action_plans:budget_revise[approved]": OFFICE,
    "get action_plans:budget_comment[approved]": WORKERS,
    "post action_plans:budget_comment[approved]": WORKERS,
    # In kind and promises; a plan that is not approved yet sends back with a word.
    "get action_plans:in_kind_add[draft]": WORKERS,
    "get action_plans:in_kind_add[approved]": WORKERS,
    "post action_plans:in_kind_add[approved]": WORKERS,
    "get action_plans:in_kind_edit[approved]": WORKERS,
    "post action_plans:in_kind_edit[approved]": WORKERS,
    "get action_plans:in_kind_remove[approved]": WORKERS,
    "post action_plans:in_kind_remove[approved]": WORKERS,
    "get action_plans:in_kind_verify[approved]": OFFICE,
    "post action_plans:in_kind_verify[approved]": OFFICE,
    "get action_plans:in_kind_withdraw[approved]": OFFICE,
    "post action_plans:in_kind_withdraw[approved]": OFFICE,
    "get action_plans:promise_add[draft]": OFFICE,
    "get action_plans:promise_add[approved]": OFFICE,
    "post action_plans:promise_add[approved]": OFFICE,
    "get action_plans:promise_revise[approved]": OFFICE,
    "post action_plans:promise_revise[approved]": OFFICE,
    # Facts of an approved plan are corrected by the office.
    "get action_plans:facts[draft]": OFFICE,
    "get action_plans:facts[approved]": OFFICE,
    "post action_plans:facts[approved]": OFFICE,
    "get action_plans:document[draft]": WORKERS,
    "get action_plans:document[approved]": SIGNED_IN,
    "post action_plans:document_add[draft]": WORKERS,
    "post action_plans:document_add[approved]": WORKERS,
    "post action_plans:document_remove[draft]": WORKERS,
    "post action_plans:document_remove[approved]": WORKERS,
    # Exchange rates and the papers of the programme
    "get ledger:rates": SIGNED_IN,
    "get ledger:rate_add": OFFICE,
    "post ledger:rate_add": OFFICE,
    "get ledger:rate_import": OFFICE,
    "post ledger:rate_import": OFFICE,
    "get ledger:evidence": SIGNED_IN,
    "get ledger:tranches": OFFICE_AND_DONOR,
    "get ledger:tranche_add": OFFICE,
    "post ledger:tranche_add": OFFICE,
    "get ledger:tranche_reverse": OFFICE,
    "post ledger:tranche_reverse": OFFICE,
    "get ledger:phase": OFFICE,
    "post ledger:phase": ADMINISTRATOR,
    # What does not add up, each for the plans they see
    "get ledger:quality": SIGNED_IN,
    # Reports
    "get reports:programme": SIGNED_IN,
    "get reports:list": SIGNED_IN,
    "get reports:funding": SIGNED_IN,
    "get reports:funding_csv": SIGNED_IN,
    "get reports:funding_pdf": SIGNED_IN,
    "get reports:funding_xlsx": SIGNED_IN,
    "get reports:chart": SIGNED_IN,
    # One address for all donor tables; those for the office and donors only: tests/reports/test_table_pages.py
    "get reports:table": SIGNED_IN,
    "get reports:table_csv": SIGNED_IN,
    "get reports:table_xlsx": SIGNED_IN,
    "get reports:table_pdf": SIGNED_IN,
    "get reports:templates": OFFICE_AND_DONOR,
    "get reports:template_add": OFFICE,
    "post reports:template_add": OFFICE,
    "get reports:template": OFFICE_AND_DONOR,
    "post reports:template": OFFICE,
    "get reports:jobs": SIGNED_IN,
    "get reports:job": ASKER,
    "get reports:job_file": ASKER,
    "post reports:job_again": ASKER,
    "post reports:job_remove": SIGNED_IN,  # of somebody else's file nothing happens, see test_jobs.py
    # Anybody may ask whether a file is a signed report.
    "get reports:verify": EVERYBODY,
    "post reports:verify": EVERYBODY,
    "get reports:signed": OFFICE_AND_DONOR,
    "get reports:signed_file": OFFICE_AND_DONOR,
    # Periods: the office keeps them, who may opens them again, donors look.
    "get reports:periods": OFFICE_AND_DONOR,
    "get reports:period_add": OFFICE,
    "post reports:period_add": OFFICE,
    "get reports:period": OFFICE_AND_DONOR,
    "get reports:period_change": OFFICE,
    "post reports:period_change": OFFICE,
    "post reports:period_remove": OFFICE,
    "get reports:period_close": OFFICE,
    "post reports:period_close": OFFICE,
    "get reports:period_reopen": ADMINISTRATOR,  # who has the right
    "post reports:period_reopen": ADMINISTRATOR,
    "get reports:period_sign": APPROVER,
    "post reports:period_sign": APPROVER,
    # Events: what is published is public, the office enters them
    "get conferences:event_list": EVERYBODY,
    "get conferences:event": EVERYBODY,
    "get conferences:event[hidden]": "404 ok ok ok 404 404 404 404",
    "get conferences:event_add": OFFICE,
    "post conferences:event_add": OFFICE,
    "get conferences:event_edit": OFFICE,
    "post conferences:event_edit": OFFICE,
    "post conferences:event_publish[hidden]": OFFICE,
    "post conferences:event_unpublish": OFFICE,
    "get conferences:event_remove[hidden]": OFFICE,
    "post conferences:event_remove[hidden]": OFFICE,
    "get conferences:attendance": OFFICE,
    "post conferences:attendance": OFFICE,
    # What a municipality presented and does well
    "get conferences:of_place": SIGNED_IN,
    # Recommendations of an event
    "get conferences:recommendation_add": OFFICE,
    "post conferences:recommendation_add": OFFICE,
    "get conferences:recommendation_edit": OFFICE,
    "post conferences:recommendation_edit": OFFICE,
    "post conferences:recommendation_remove": OFFICE,
    "get conferences:recommendation_step[step]": OFFICE,
    "post conferences:recommendation_step[step]": OFFICE,
    # Files of events, presentations and practices
    "get conferences:file": EVERYBODY,
    "get conferences:file[hidden]": "404 ok ok ok 404 404 404 404",
    "get conferences:file_small": EVERYBODY,
    "get conferences:file_small[hidden]": "404 ok ok ok 404 404 404 404",
    "get conferences:file_remove": OFFICE,
    "post conferences:file_remove": OFFICE,
    "get conferences:event_file_add": OFFICE,
    "post conferences:event_file_add": OFFICE,
    "get conferences:presentation_file_add[draft]": WORKERS,
    "post conferences:presentation_file_add[draft]": WORKERS,
    "post conferences:presentation_file_add[accepted]": WORKERS,
    "post conferences:presentation_file_add[declined]": OFFICE,
    "get conferences:version_file_add": WORKERS,
    "post conferences:version_file_add": WORKERS,
    # Presentations: accepted ones are public; a municipality works on its own, the office decides
    "get conferences:presentation_list": EVERYBODY,
    "get conferences:presentation": EVERYBODY,
    "get conferences:presentation[draft]": "404 ok ok ok ok ok 404 404",
    "get conferences:presentation[declined]": "404 ok ok ok ok ok 404 404",
    "get conferences:presentation_edit[draft]": WORKERS,
    "post conferences:presentation_edit[draft]": WORKERS,
    "get conferences:presentation_edit[accepted]": OFFICE,
    "post conferences:presentation_edit[accepted]": WORKERS,
    "post conferences:presentation_propose[draft]": WORKERS,
    "post conferences:presentation_accept[proposed]": OFFICE,
    "post conferences:presentation_decline[proposed]": OFFICE,
    "post conferences:presentation_withdraw[accepted]": WORKERS,
    "get conferences:propose": "login ok ok ok ok ok ok 404",
    "post conferences:propose": "login ok ok ok ok ok ok 404",
    "get conferences:propose[hidden]": OFFICE,
    "get conferences:proposals": OFFICE,
    "get conferences:proposals_file": OFFICE,
    # Writing and reviewing practices
    "get conferences:practice_add": MUNICIPAL,
    "post conferences:practice_add": MUNICIPAL,
    "get conferences:practice_work": MUNICIPAL,
    "get conferences:practice_edit[draft]": WORKERS,
    "post conferences:practice_edit[draft]": WORKERS,
    "get conferences:practice_edit[published]": WORKERS,
    "post conferences:practice_edit[published]": WORKERS,
    "get conferences:practice_discard[draft]": WORKERS,
    "post conferences:practice_discard[draft]": WORKERS,
    "post conferences:practice_version_add[published]": WORKERS,
    "post conferences:practice_submit[draft]": WORKERS,
    "get conferences:practice_review[draft]": WORKERS,
    "get conferences:practice_review[review]": WORKERS,
    "post conferences:practice_approve[review]": OFFICE,
    "post conferences:practice_return[review]": OFFICE,
    "post conferences:practice_publish[draft]": OFFICE,
    "post conferences:practice_publish[review]": OFFICE,
    "post conferences:practice_remark[review]": OFFICE,
    "post conferences:practice_answer": WORKERS,
    "get conferences:practice_check[draft]": NOBODY,
    "get conferences:practice_check[published]": OFFICE,
    "post conferences:practice_check[published]": OFFICE,
    # The programme of an event: everybody reads it, the office makes it
    "get conferences:event_ics": EVERYBODY,
    "get conferences:event_ics[hidden]": "404 ok ok ok 404 404 404 404",
    "get conferences:now": EVERYBODY,
    "get conferences:now[hidden]": "404 ok ok ok 404 404 404 404",
    "get reports:programme_pdf": EVERYBODY,
    "get reports:programme_pdf[hidden]": "404 ok ok ok 404 404 404 404",
    # Finding, reading and taking over practices: read by anybody once published, noted by municipalities
    "get conferences:practice_list": EVERYBODY,
    "get conferences:practice[published]": EVERYBODY,
    "get conferences:practice[draft]": "404 ok ok ok ok ok 404 404",
    "get conferences:practice_version[published]": SIGNED_IN,  # leads to the practice
    "get conferences:practice_version[replaced]": SIGNED_IN,
    "get conferences:practice_version[draft]": WORKERS,
    "get reports:practice_pdf[published]": EVERYBODY,
    "get reports:practice_pdf[draft]": "404 ok ok ok ok ok 404 404",
    "get conferences:take_overs": MUNICIPAL,
    "get conferences:take_over[published]": MUNICIPAL,  # the own practice leads back with a word
    "post conferences:take_over[published]": MUNICIPAL,
    "get conferences:take_over[draft]": NOBODY,
    "get conferences:take_over_remove": WORKERS,
    "post conferences:take_over_remove": MUNICIPAL,  # of somebody else's note nothing happens
    "get conferences:programme": OFFICE,
    "post conferences:programme_delay": OFFICE,
    "post conferences:programme_days": OFFICE,
    "get conferences:hall_add": OFFICE,
    "post conferences:hall_add": OFFICE,
    "get conferences:hall_edit": OFFICE,
    "post conferences:hall_edit": OFFICE,
    "post conferences:hall_move": OFFICE,
    "post conferences:hall_remove": OFFICE,
    "get conferences:session_add": OFFICE,
    "post conferences:session_add": OFFICE,
    "get conferences:session_edit": OFFICE,
    "post conferences:session_edit": OFFICE,
    "get conferences:session_remove": OFFICE,
    "post conferences:session_remove": OFFICE,
    "get conferences:schedule": OFFICE,
    "get conferences:schedule_talk": OFFICE,
    "post conferences:schedule_talk": OFFICE,
    "post conferences:unschedule": OFFICE,
}
SENT = {"set_language": {"language": "ky"}, "set_theme": {"theme": "dark"}}
PLAN_FORM = {"action_plans:create", "action_plans:edit"}
LINE = re.compile(r"(?P<method>\w+) (?P<name>[\w:]+)(\[(?P<state>\w+)\])?")
FILES = {
    "healthz",
    "conferences:file",
    "conferences:file_small",
    "conferences:proposals_file",
    "action_plans:document",
    "ledger:evidence",
    "reports:funding_csv",
    "reports:funding_pdf",
    "reports:funding_xlsx",
    "reports:job_file",
    "reports:signed_file",
    "reports:chart",
    "reports:table_csv",
    "reports:table_xlsx",
    "reports:table_pdf",
    "reports:ledger_csv",
    "reports:ledger_xlsx",
    "reports:programme_pdf",
    "reports:practice_pdf",
    "conferences:event_ics",
}


def url_names(resolver=None, namespace=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or "")
        elif entry.namespace not in NOT_OURS:
            yield from url_names(
                entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            )


def test_every_url_has_a_line():
    assert set(url_names()) == {LINE.fullmatch(line)["name"] for line in ACCESS}


def outcome(response):
    if response.status_code == 302 and response.url.startswith(LOGIN):
        return "login"
    return {200: "ok", 302: "ok"}.get(response.status_code, str(response.status_code))


def sent(name, user):
    """As little as an honest browser sends; a municipality's form names the municipality."""
    if user and user.municipality_id and name in PLAN_FORM:
        return {"places-TOTAL_FORMS": 1, "places-0-municipality": user.municipality_id}
    return SENT.get(name)


@pytest.mark.parametrize("line", ACCESS)
def test_access(client, line):
    world = World()
    method, name, state = LINE.fullmatch(line).group("method", "name", "state")
    path = world.path(name, state or "")
    client.raise_request_exception = False
    found = {}
    for person, user in world.people.items():
        with transaction.atomic():  # what one person changes, the next does not find
            client.logout()
            if user:
                client.force_login(user)
            response = getattr(client, method)(path, sent(name, user))
            list(response)  # reads a file to its end, which closes it
            found[person] = outcome(response)
            transaction.set_rollback(True)
    assert found == dict(zip(PEOPLE, ACCESS[line].split(), strict=True))


def test_of_a_cancelled_plan_others_see_only_what_was_approved_once(client):
    world = World()
    client.force_login(world.people["donor"])
    plan = world.plan("cancelled")
    assert client.get(plan.get_absolute_url()).status_code == 200
    type(plan).objects.filter(pk=plan.pk).update(approved_at=None)
    assert client.get(plan.get_absolute_url()).status_code == 404


def pages_to_check(world=None):
    """[(person, path)] of every page that answers GET; person is None for nobody signed in."""
    world = world or World()
    pages = []
    for line, row in ACCESS.items():
        method, name, state = LINE.fullmatch(line).group("method", "name", "state")
        if method == "get" and name not in FILES:
            path = world.path(name, state or "")
            who = zip(world.people.values(), row.split(), strict=True)
            pages += [(user, path) for user, outcome in who if outcome == "ok"]
    return pages


def test_pages_to_check_answer(client):
    """tests that look at every page lean on this list."""
    pages = pages_to_check()
    assert len(pages) > 150
    assert {path for _user, path in pages} >= {"/", "/plans/", "/reports/funding/", "/people/"}
