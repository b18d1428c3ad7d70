"""static/js/site.js: typing is never lost, a second click sends nothing twice, the menu closes."""

import pytest

from accounts.models import User
from tests.factories import PhaseFactory, StaffFactory

TITLE = "#id_text-title"
NOTICE = "main .notice-info:has(button)"


@pytest.fixture
def form(page, db):
    PhaseFactory()
    person = StaffFactory(name="Aida")
    form = page(person, language="en")
    form.goto("/plans/new/")
    return form


def leave_and_return(form):
    form.once("dialog", lambda dialog: dialog.accept())
    form.goto("/plans/")
    form.goto("/plans/new/")


def test_leaving_with_unsaved_typing_asks_first(form):
    asked = []
    form.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    form.goto("/plans/")
    assert asked == []
    form.goto("/plans/new/")
    form.fill(TITLE, "Street lights")
    form.goto("/plans/")
    assert asked == ["beforeunload"]


def test_typing_is_offered_again_and_taken_over(form):
    form.fill(TITLE, "Street lights")
    leave_and_return(form)
    assert form.input_value(TITLE) == ""
    form.click("text=Restore it")
    assert form.input_value(TITLE) == "Street lights"
    assert form.locator(NOTICE).count() == 0


def test_rows_that_were_added_come_back_with_their_typing(form):
    form.click("button[name=add][value=money]")
    form.fill("#id_money-1-amount_kgs", "150 000")
    leave_and_return(form)
    form.click("text=Restore it")
    assert form.input_value("#id_money-1-amount_kgs").replace("\u00a0", " ").startswith("150")


def test_typing_that_is_thrown_away_is_not_offered_again(form):
    form.fill(TITLE, "Street lights")
    leave_and_return(form)
    form.click("text=Discard it")
    form.goto("/plans/new/")
    assert form.locator(NOTICE).count() == 0


def test_typing_survives_a_session_that_ended_meanwhile(form):
    form.fill(TITLE, "Street lights")
    person = User.objects.get(name="Aida")
    person.set_password("kök-too-1991")
    person.save()  # ends every session
    form.click("button[form=plan][name=save]")
    form.fill("#id_login", person.email)
    form.fill("#id_password", "kök-too-1991")
    form.click("main form.panel button")
    assert form.url.endswith("/plans/new/")
    form.click("text=Restore it")
    assert form.input_value(TITLE) == "Street lights"


def test_another_person_at_the_same_computer_is_offered_nothing(form):
    form.fill(TITLE, "Street lights")
    form.evaluate("document.body.dataset.person = '0'")
    leave_and_return(form)
    kept = form.evaluate("Object.keys(localStorage)")
    assert [key.split(":")[1] for key in kept] == [str(User.objects.get(name="Aida").pk)]


def test_files_and_secrets_are_not_kept_but_files_are_named(form):
    form.evaluate(
        """() => {
          const form = document.createElement("form");
          form.dataset.keep = "probe";
          form.innerHTML = '<input name=token type=hidden value=t><input name=word type=password>'
            + '<input name=text><input name=tick type=checkbox value=a><input name=paper type=file>';
          document.querySelector("main").append(form);
          keep(form);
          form.elements.word.value = "secret";
          form.elements.tick.checked = true;
        }"""
    )
    form.set_input_files(
        "form[data-keep=probe] [name=paper]",
        {"name": "act.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"},
    )
    form.fill("form[data-keep=probe] [name=text]", "typed")
    form.wait_for_timeout(500)  # it is stored 0.3 s after the last key
    kept = form.evaluate(
        "JSON.parse(localStorage[Object.keys(localStorage).find((key) => key.endsWith(':probe'))])"
    )
    assert (kept["shown"], kept["files"]) == ({"text": ["typed"], "tick": ["a"]}, ["act.pdf"])


def test_second_click_sends_nothing(page, db):
    person = StaffFactory(language="en")
    form = page(person, language="en")
    form.goto("/accounts/password/change/")
    sent = []
    form.on(
        "request", lambda request: sent.append(request.url) if request.method == "POST" else None
    )
    with form.expect_navigation():
        form.dblclick("main form.panel button")
    assert len(sent) == 1
    assert form.locator("main form.panel button").is_enabled()


def test_menu_closes_on_escape_and_on_a_click_beside_it(page, db):
    home = page(StaffFactory(), language="en")
    home.goto("/plans/")
    menu = home.locator("details.menu")
    menu.locator("summary").click()
    home.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    menu.locator("summary").click()
    home.mouse.click(5, 500)
    assert menu.get_attribute("open") is None
