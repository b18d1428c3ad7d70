import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from tests.factories import HeadFactory, StaffFactory

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
PASSWORD = "kök-too-1991"


@pytest.fixture
def person():
    person = StaffFactory(email="aida@example.org", name="Aida")
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client, password=PASSWORD, email="aida@example.org", **more):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def test_person_signs_in_with_e_mail_and_password(client, person):
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_case_of_the_address_does_not_matter(client, person):
    assert sign_in(client, email="Aida@Example.org").status_code == 302


def test_wrong_password_keeps_the_address_and_says_what_to_do(client, person):
    response = sign_in(client, password="wrong")
    assert response.context["form"]["login"].value() == "aida@example.org"
    assert len(response.context["form"].non_field_errors()) == 1
    assert "_auth_user_id" not in client.session


def test_sixth_wrong_password_in_five_minutes_locks_the_address_for_a_while(client, person):
    for _attempt in range(5):
        sign_in(client, password="wrong")
    response = sign_in(client)
    [error] = response.context["form"].non_field_errors().as_data()
    assert error.code == "too_many_login_attempts"


def test_thirty_first_attempt_in_a_minute_from_one_connection_gets_a_page_that_says_so(client):
    for attempt in range(30):
        sign_in(client, email=f"{attempt}@example.org", password="wrong")
    response = sign_in(client)
    assert response.status_code == 429
    assert response.templates[0].name == "429.html"


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("/plans/?region=KG-J", "/plans/?region=KG-J"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("\\\\evil.example", "/"),
    ],
)
def test_sign_in_leads_only_to_pages_of_the_portal(client, person, wanted, got):
    assert sign_in(client, next=wanted).url == got


def test_who_is_signed_in_goes_home_from_the_log_in_page(client, person):
    client.force_login(person)
    assert client.get(LOGIN).url == "/"


def test_switched_off_person_is_told_and_not_signed_in(client, person):
    person.is_active = False
    person.save()
    assert sign_in(client).url == reverse("account_inactive")
    assert client.get(reverse("account_inactive")).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("sent_from", "page"),
    [
        ("http://testserver/plans/J-2018-001/", "/plans/J-2018-001/"),
        ("http://evil.example/plans/J-2018-001/", "/plans/J-2018-001/cancel/"),
        ("", "/plans/J-2018-001/cancel/"),
    ],
)
def test_a_session_that_ended_leads_back_to_the_page_of_the_button(client, db, sent_from, page):
    response = client.post("/plans/J-2018-001/cancel/", headers={"referer": sent_from})
    assert response.url == f"{LOGIN}?next={page}"


@pytest.mark.parametrize(
    ("asked", "sent_from", "page"),
    [
        ("/plans/J-2018-001/history/", "/plans/J-2018-001/", "/plans/J-2018-001/"),
        ("/plans/?q=b", "/plans/?q=a", "/plans/%3Fq%3Db"),
    ],
)
def test_a_part_asked_for_after_the_session_ended_leads_back_to_its_page(
    client, db, asked, sent_from, page
):
    headers = {"hx-request": "true", "referer": f"http://testserver{sent_from}"}
    response = client.get(asked, headers=headers)
    assert response["HX-Redirect"] == f"{LOGIN}?next={page}"


def test_switching_off_ends_open_sessions(client, person):
    client.force_login(person)
    person.is_active = False
    person.save()
    assert client.get("/plans/").url == f"{LOGIN}?next=/plans/"


def test_only_the_button_signs_out(client, person):
    client.force_login(person)
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post(reverse("account_logout")).url == LOGIN
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", ["signup/", "email/", "confirm-email/", "3rdparty/"])
def test_nobody_signs_up_and_nothing_else_of_allauth_is_there(client, address):
    assert client.get(f"/accounts/{address}").status_code in (302, 404)
    client.force_login(StaffFactory())
    assert client.get(f"/accounts/{address}").status_code == 404


def test_password_is_changed_and_the_session_goes_on(client, person):
    client.force_login(person)
    new = "жаңы-сыр-2026"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), data).url == "/"
    person.refresh_from_db()
    assert person.check_password(new)
    assert client.get(reverse("account_change_password")).status_code == 200


def test_new_password_by_mail_in_the_language_of_the_person(client, person):
    person.language = "en"
    person.save()
    client.post(reverse("account_reset_password"), {"email": "AIDA@example.org"})
    [message] = mail.outbox
    assert message.subject == "A new password for the service plans"
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    page = client.get(link, follow=True)
    assert link.rstrip("/").rpartition("-")[2] not in page.redirect_chain[-1][0]
    data = {"password1": "жаңы-сыр-2026", "password2": "жаңы-сыр-2026"}
    assert client.post(page.redirect_chain[-1][0], data).status_code == 302
    assert sign_in(client, password="жаңы-сыр-2026").url == "/"
    assert client.get(link, follow=True).context.get("token_fail")


def test_unknown_address_gets_the_same_answer_and_no_mail(client, person):
    known = client.post(reverse("account_reset_password"), {"email": person.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "no@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_mail_server_that_is_down_is_told_and_no_crash(client, person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    data = {"email": person.email}
    page = client.post(reverse("account_reset_password"), data, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]


# --- Language: session, cookie, Accept-Language, in that order ---------------------------------


def language_of(client, **headers):
    return client.get(LOGIN, headers=headers).headers["Content-Language"]


def test_language_of_the_browser_counts_least(client):
    assert language_of(client, accept_language="ky") == "ky"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert language_of(client, accept_language="ky") == "en"
    client.post(reverse("set_language"), {"language": "ru"})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert language_of(client, accept_language="ky") == "ru"


def test_unsupported_languages_end_in_the_default(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
    assert language_of(client, accept_language="de") == settings.LANGUAGE_CODE


def test_signing_in_brings_the_language_of_the_person(client, person):
    person.language = "ky"
    person.save()
    sign_in(client)
    assert client.session["language"] == "ky"


def test_language_chosen_before_signing_in_stays(client, person):
    person.language = "ky"
    person.save()
    client.post(reverse("set_language"), {"language": "en"})
    sign_in(client)
    assert client.session["language"] == "en"


def test_switching_while_signed_in_is_kept_on_the_person(client):
    head = HeadFactory(language="ru")
    client.force_login(head)
    client.post(reverse("set_language"), {"language": "ky", "next": "/plans/"})
    head.refresh_from_db()
    assert head.language == "ky"


def test_switching_the_language_returns_to_the_page(client):
    response = client.post(reverse("set_language"), {"language": "ky", "next": "/plans/?q=1"})
    assert response.url == "/plans/?q=1"


@pytest.mark.parametrize("name", ["set_language", "set_theme"])
@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "", "\\evil"])
def test_switches_lead_nowhere_else(client, name, address):
    data = {"language": "ky", "theme": "dark", "next": address}
    assert client.post(reverse(name), data).url == "/"


@pytest.mark.parametrize("name", ["set_language", "set_theme"])
def test_unknown_choices_get_no_words(client, name):
    response = client.post(reverse(name), {"language": "xx", "theme": "pink"})
    assert (response.status_code, response.content) == (400, b"")
    assert client.get(reverse(name)).status_code == 405


def test_look_is_remembered_for_a_year(client):
    client.post(reverse("set_theme"), {"theme": "dark"})
    cookie = client.cookies["theme"]
    assert (cookie["max-age"], cookie["samesite"], cookie["httponly"]) == (31536000, "Lax", True)
    assert client.get(LOGIN).context["theme"] == "dark"
