import re

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import invitations, people
from accounts.forms import InviteForm
from accounts.models import Role, User
from tests.factories import AdministratorFactory, HeadFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
INVITED = {
    "name": "Aida Sample",
    "email": "Aida@Example.org",
    "role": "staff",
    "language": "en",
}


@pytest.fixture
def administrator(client):
    administrator = AdministratorFactory(name="Bakyt", email="bakyt@example.org", language="ru")
    client.force_login(administrator)
    return administrator


def invite(client, **changes):
    return client.post(reverse("accounts:invite"), INVITED | changes)


def link_in(message):
    return re.search(r"http://testserver\S+", message.body)[0]


# --- The list ---------------------------------------------------------------------------------


@pytest.mark.parametrize("others", [1, 3])
def test_list_asks_the_same_number_of_queries_for_any_length(
    client, administrator, django_assert_num_queries, others
):
    HeadFactory.create_batch(others)
    with django_assert_num_queries(
        5
    ):  # session, user, plans that wait, count, people and municipalities
        page = client.get(reverse("accounts:people")).context["page"]
    assert len(page.object_list) == others + 1


@pytest.mark.parametrize("words", ["айда", "sample ", "kumbel", "aida кум-бель"])
def test_search_finds_name_address_and_municipality(client, administrator, words):
    place = MunicipalityFactory(name_ru="Кум-Бель")
    aida = HeadFactory(name="Айда", email="aida@sample.org", municipality=place)
    page = client.get(reverse("accounts:people"), {"q": words}).context["page"]
    assert list(page) == [aida]


def test_states_of_people_and_their_query_agree():
    active, invited, off = UserFactory(), UserFactory(), UserFactory(is_active=False)
    active.set_password("x")
    active.save()
    for person in (invited, off):
        person.set_unusable_password()
        person.save()
    assert [p for p in (active, invited, off) if p.is_invited] == [invited]
    assert list(User.objects.invited()) == [invited]


# --- Inviting ---------------------------------------------------------------------------------


def test_invitation_creates_the_person_and_sends_one_mail_in_their_language(client, administrator):
    assert invite(client).status_code == 302
    person = User.objects.get(email="aida@example.org")
    assert person.is_invited
    [message] = mail.outbox
    assert (message.to, message.subject) == ([person.email], "Your access to the service plans")
    assert "Bakyt (bakyt@example.org) invites you" in message.body


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_mail_has_the_link_and_the_day_in_each_language(client, administrator, language):
    invite(client, language=language)
    [message] = mail.outbox
    assert invitations.path(User.objects.get(name="Aida Sample")) in message.body


def test_taken_address_is_told_whatever_its_case(client, administrator):
    UserFactory(email="aida@example.org")
    response = invite(client, email="AIDA@EXAMPLE.ORG")
    assert list(response.context["form"].errors) == ["email"]
    assert mail.outbox == []


def test_two_clicks_at_once_invite_one_person(client, administrator, monkeypatch):
    # The second asked for the address before the first had saved it.
    monkeypatch.setattr(InviteForm, "validate_unique", lambda form: None)
    invite(client)
    response = invite(client)
    assert list(response.context["form"].errors) == ["email"]
    assert (User.objects.filter(name="Aida Sample").count(), len(mail.outbox)) == (1, 1)


@pytest.mark.parametrize(("role", "given"), [("head", False), ("staff", True)])
def test_municipal_people_have_a_municipality_and_others_none(client, administrator, role, given):
    place = MunicipalityFactory()
    response = invite(client, role=role, municipality=place.pk if given else "")
    assert len(response.context["form"].non_field_errors()) == 1


def test_mail_that_cannot_be_sent_is_told_and_the_person_stays(client, administrator, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = client.post(reverse("accounts:invite"), INVITED, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert User.objects.get(email="aida@example.org").is_invited


def test_invite_again_sends_another_mail_only_to_who_has_not_accepted(client, administrator):
    invite(client)
    person = User.objects.get(email="aida@example.org")
    client.post(reverse("accounts:invite_again", args=[person.pk]))
    assert len(mail.outbox) == 2
    person.set_password("kök-too-1991")
    person.save()
    again = client.post(reverse("accounts:invite_again", args=[person.pk]))
    assert (again.status_code, len(mail.outbox)) == (404, 2)


# --- Accepting --------------------------------------------------------------------------------


@pytest.fixture
def link(client, administrator):
    invite(client, language="ky")
    client.logout()
    return link_in(mail.outbox[0])


def accept(client, link, password="kök-too-1991"):
    page = client.get(link, follow=True)
    data = {"password1": password, "password2": password}
    return client.post(page.redirect_chain[-1][0], data)


def test_link_leads_to_a_password_and_home_signed_in(client, link):
    response = accept(client, link)
    person = User.objects.get(email="aida@example.org")
    assert response.url == "/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.session["language"] == "ky"
    assert person.check_password("kök-too-1991")


def test_page_with_the_form_has_no_token_in_its_address(client, link):
    [(address, _status)] = client.get(link, follow=True).redirect_chain
    assert address.endswith("/set-password/")


def test_weak_password_is_refused_with_a_reason(client, link):
    response = accept(client, link, password="12345678")
    assert list(response.context["form"].errors) == ["password1"]


def test_used_link_says_so(client, link):
    accept(client, link)
    client.logout()
    page = client.get(link)
    assert page.templates[0].name == "accounts/invitation_void.html"


def test_old_link_says_so(client, link, settings):
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(link).templates[0].name == "accounts/invitation_void.html"


def test_link_of_a_switched_off_person_says_so(client, link):
    User.objects.filter(email="aida@example.org").update(is_active=False)
    assert client.get(link).templates[0].name == "accounts/invitation_void.html"


@pytest.mark.parametrize(
    "path", ["MQ/x-y", "!!/x", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5/x-y", "x/set-password"]
)
def test_invented_links_say_so(client, path):
    page = client.get(f"/accounts/invitation/{path}/")
    assert page.templates[0].name == "accounts/invitation_void.html"


def test_second_click_on_the_button_leads_home(client, link):
    accept(client, link)
    assert client.get(link).url == "/"


# --- Changing, switching off ------------------------------------------------------------------


def test_role_and_municipality_are_changed(client, administrator):
    person, place = UserFactory(), MunicipalityFactory()
    data = {"name": "Aida", "role": "head", "municipality": place.pk, "language": "ky"}
    client.post(person.get_absolute_url(), data)
    person.refresh_from_db()
    assert (person.role, person.municipality) == (Role.HEAD, place)


def test_the_right_to_open_periods_again_is_given_to_staff_only(client, administrator, english):
    person = UserFactory(name="Aida")
    path = person.get_absolute_url()
    form = {"name": "Aida", "role": Role.STAFF, "may_reopen": "on", "language": "en"}
    assert client.post(path, form).status_code == 302
    person.refresh_from_db()
    assert person.may_reopen
    assert "opens closed periods again" in client.get("/people/").content.decode()
    response = client.post(path, form | {"role": Role.DONOR})
    assert response.context["form"].non_field_errors() == [
        "Only project staff can open closed periods again."
    ]


def test_administrator_cannot_demote_oneself(client, administrator):
    AdministratorFactory()
    data = {"name": "Bakyt", "role": "staff", "language": "ky"}
    response = client.post(administrator.get_absolute_url(), data)
    assert list(response.context["form"].errors) == ["role"]


def test_switching_off_asks_first(client, administrator):
    person = UserFactory()
    address = reverse("accounts:switch", args=[person.pk])
    assert client.get(address).status_code == 200
    person.refresh_from_db()
    assert person.is_active
    client.post(address, {"to": "off"})
    person.refresh_from_db()
    assert not person.is_active
    client.post(address, {"to": "active"})
    person.refresh_from_db()
    assert person.is_active


def test_administrator_cannot_switch_oneself_off(administrator):
    AdministratorFactory()
    with pytest.raises(ValidationError):
        people.switch(person_id=administrator.pk, by=administrator, active=False)


def test_last_administrator_stays(administrator):
    former = AdministratorFactory(is_active=False)
    with pytest.raises(ValidationError):
        people.switch(person_id=administrator.pk, by=former, active=False)
    administrator.role = Role.STAFF
    with pytest.raises(ValidationError):
        people.save_changes(person=administrator, by=former)


def test_refusal_to_switch_off_is_shown(client, administrator):
    address = reverse("accounts:switch", args=[administrator.pk])
    page = client.post(address, {"to": "off"}, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
