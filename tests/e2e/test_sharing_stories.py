"""Municipalities show each other what works: on a stage, and as a practice that another one repeats.

An officer on a phone in Kyrgyz, the office in Russian, a head of another town, and the screen in the hall.
"""

import datetime as dt
import re

import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from action_plans.models import ActionPlan
from conferences.models import Event, Practice, Presentation, Session, TakeOver
from tests.e2e.test_axe import look
from tests.e2e.test_stories import words

pytestmark = pytest.mark.django_db(transaction=True)
FORUM = "/conferences/sample-forum-of-practices/"
DRAFT, PROPOSE = ".savebar [name=save][value=draft]", ".savebar [name=save][value=proposed]"
SEND, DONE = "main form .btn-primary", ".notice-ok"
HIDDEN_NAME = "Бакыт Жыргалов"


def sample_person(name):
    return User.objects.get(email=f"{name}@example.org")


# A talk, from the proposal to the screen of the hall


@pytest.fixture
def forum(programme):
    """The sample event with the open call, held today: one session, of which the first talk is on now."""
    event = Event.objects.get(slug=FORUM.split("/")[2])
    event.presentations.update(session=None, starts_at=None, ends_at=None)
    session = event.sessions.filter(kind="talks").first()
    event.sessions.exclude(pk=session.pk).delete()
    hour = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    event.starts_on, event.ends_on = hour.date(), hour.date() + dt.timedelta(days=1)
    event.save()
    ends_at = hour + dt.timedelta(hours=6)
    Session.objects.filter(pk=session.pk).update(starts_at=hour, ends_at=ends_at)
    return event


def speak(tab, number, name, role):
    tab.fill(f"[name=speakers-{number}-name]", name)
    tab.fill(f"[name=speakers-{number}-role]", role)


def fill_talk(tab):
    """Two speakers; the first agrees that the name is published."""
    tab.fill("[name=ky-title]", "Суу эсептегичтер эмнени өзгөрттү")
    tab.fill("[name=ky-abstract]", "Эсептегичтер коюлгандан кийин суу күнү-түнү келет.")
    speak(tab, 0, "Айгүл Асанова", "Айыл өкмөтүнүн адиси")
    tab.check("[name=speakers-0-agrees]")
    tab.click("[name=add][value=speakers]")
    speak(tab, 1, HIDDEN_NAME, "Суу бирикмесинин төрагасы")
    tab.fill("[name=minutes]", "120")


def propose(phone):
    """On a phone: saved as a draft, back, and then proposed from the same form."""
    phone.goto("/conferences/")
    phone.click(f"main a[href='{FORUM}']")
    phone.click(f"main a[href='{FORUM}propose/']")
    assert look(phone, phone.url, "ky") == []
    phone.goto(f"{FORUM}propose/")
    fill_talk(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.click(DRAFT)
    expect(phone.locator(DONE)).to_be_visible()
    talk = Presentation.objects.latest("pk")
    assert talk.status == "draft"
    phone.go_back()
    expect(phone.locator("[name=ky-title]")).to_have_value(talk.title)
    expect(phone.locator("[name=speakers-1-name]")).to_have_value(HIDDEN_NAME)
    phone.click(PROPOSE)
    expect(phone.locator(DONE)).to_be_visible()
    expect(phone).to_have_url(re.compile(f"{talk.get_absolute_url()}$"))
    assert look(phone, phone.url, "ky") == []
    return talk


def accept(office, talk):
    """From what waits on the overview; two clicks accept once."""
    office.goto("/")
    office.click("#proposals-waiting a")
    office.click(f"main a[href^='{FORUM}proposals/']")
    assert look(office, office.url, "ru") == []
    assert HIDDEN_NAME in words(office.locator("main"))
    office.click(f"main a[href='{talk.get_absolute_url()}']")
    office.locator("form[action$='/accept/'] button").dblclick()
    expect(office.locator(DONE)).to_be_visible()
    assert talk.steps.filter(after="accepted").count() == 1


def schedule(office, talk, session):
    office.click(f"main a[href='{FORUM}schedule/']")
    assert look(office, office.url, "ru") == []
    office.click(f"main a[href='{FORUM}schedule/{talk.pk}/']")
    assert look(office, office.url, "ru") == []
    office.check(f"#session-{session.pk}")
    office.locator(SEND).dblclick()
    expect(office.locator(DONE)).to_be_visible()
    talk.refresh_from_db()
    assert (talk.session, talk.starts_at) == (session, session.starts_at)


def test_a_municipality_proposes_and_the_hall_reads_its_talk_on_the_screen(page, forum):
    screen = page(language="ru", width=1920)
    screen.goto(f"{FORUM}now/")
    expect(screen.locator(".now-large .now-title")).to_have_text("Вода и отходы")
    talk = propose(page(sample_person("officer"), language="ky", width=360))
    assert (talk.event, Presentation.objects.filter(created_by__isnull=False).count()) == (forum, 1)
    assert [step.after for step in talk.steps.all()] == ["proposed", "draft"]
    office = page(sample_person("staff"), language="ru")
    accept(office, talk)
    schedule(office, talk, forum.sessions.get())
    screen.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    # What the screen asked for less than five seconds ago it does not ask for again at once.
    expect(screen.locator(".now-large .now-title")).to_have_text(talk.title, timeout=30_000)
    for width, language, path, what in [
        (1920, "ru", f"{FORUM}now/", ".now-large"),
        (360, "ky", FORUM, "section:has(#programme)"),
        (360, "en", talk.get_absolute_url(), "main"),
    ]:
        anybody = page(language=language, width=width)
        assert look(anybody, path, language) == []
        said = words(anybody.locator(what))
        assert talk.title in said
        assert "Айгүл Асанова" in said
        assert "Суу бирикмесинин төрагасы" in said
        assert HIDDEN_NAME not in anybody.content()


# A practice, from a plan to the municipality that repeats it

PLAN = "Y-2018-006"  # Jeti-Oguz: classes for children with special needs
TOLD = {
    "problem": ("Дети с особыми потребностями сидели дома.", "Балдар үйдө отурчу."),
    "solution": ("При школе открыты классы адаптации.", "Мектепте ыңгайлаштыруу класстары ачылды."),
    "results": ("В классах учатся 24 ребёнка.", "Класстарда 24 бала окуйт."),
    "upkeep": ("Зарплату педагога платит район.", "Педагогдун айлыгын район төлөйт."),
    "contact": ("Айыл окмоту, специалист.", "Айыл өкмөтү, адис."),
}
STEPS = [("1", "2", "Найти детей", "Балдарды табуу"), ("3", "8", "Ремонт", "Оңдоо")]


def write_practice(tab):
    """In Russian with a Kyrgyz translation, and two steps with weeks."""
    tab.select_option("[name=original]", "ru")
    tab.click("[data-language=ky] > summary")
    tab.fill("[name=ru-title]", "Классы для детей с особыми потребностями")
    tab.fill("[name=ky-title]", "Өзгөчө муктаждыгы бар балдар үчүн класстар")
    for name, (russian, kyrgyz) in TOLD.items():
        tab.fill(f"[name=ru-{name}]", russian)
        tab.fill(f"[name=ky-{name}]", kyrgyz)
    for number, (week, weeks, russian, kyrgyz) in enumerate(STEPS):
        row = tab.locator("[data-row]").nth(number)
        row.locator("details.step-others > summary").click()
        for name, value in [
            ("first_week", week),
            ("weeks", weeks),
            ("text_ru", russian),
            ("text_ky", kyrgyz),
        ]:
            row.locator(f"[name$='-{name}']").fill(value)


def begin_practice(author):
    """One click on the page of the plan makes a draft, two clicks no second one."""
    author.goto(f"/plans/{PLAN}/")
    author.locator("form:has([name=plan]) button").dblclick()
    expect(author.locator("#practice")).to_be_visible()
    practice = Practice.objects.get(plan__reference=PLAN)
    assert look(author, f"/practices/{practice.slug}/edit/", "ru") == []
    author.goto(f"/practices/{practice.slug}/edit/")
    write_practice(author)
    author.click(".savebar [name=submit]")
    expect(author.locator(DONE)).to_be_visible()
    assert author.url.endswith(f"/practices/{practice.slug}/review/")
    return practice


def open_review(tab, practice):
    tab.goto("/practices/work/?list=review")
    tab.click(f"main a[href='/practices/{practice.slug}/review/']")


def approve(tab):
    form = tab.locator("form[action$='/approve/']")
    tab.locator("details", has=form).locator("summary").click()
    form.locator("button").dblclick()
    expect(tab.locator(DONE)).to_be_visible()


def review(author, first, second, practice):
    """A remark, its answer, two approvals; then one of the two publishes, with two clicks."""
    open_review(first, practice)
    assert look(first, first.url, "ru") == []
    first.goto(first.url)
    first.click("#section-upkeep .add-remark")
    first.fill("#remark-text-upkeep", "Сколько это в год?")
    first.click("#section-upkeep form button")
    expect(first.locator(DONE)).to_be_visible()
    author.goto("/practices/work/?list=remarks")
    author.click(f"main a[href='/practices/{practice.slug}/review/']")
    author.click("#section-upkeep .remark summary")
    author.fill("#section-upkeep [name=answer]", "180 тысяч сомов")
    author.click("#section-upkeep [name=settle]")
    expect(author.locator(DONE)).to_be_visible()
    for tab in [first, second]:
        open_review(tab, practice)
        approve(tab)
    assert look(second, second.url, "ru") == []
    second.goto(second.url)
    second.locator("form[action$='/publish/'] button").dblclick()
    expect(second.locator("h1")).to_have_text("Классы для детей с особыми потребностями")


def find_and_take_over(phone, practice, password):
    """Under another spelling, without an account at first; the sheet is fetched before signing in."""
    phone.goto("/practices/")
    assert look(phone, "/practices/?q=Жети-Өгүз", "ky") == []
    phone.goto("/practices/")
    phone.fill("#id_q", "Жети-Өгүз")
    expect(phone.locator(".practice-card")).to_have_count(1)
    phone.click(f".practice-card a[href='/practices/{practice.slug}/']")
    expect(phone.locator("h1")).to_have_text("Өзгөчө муктаждыгы бар балдар үчүн класстар")
    assert look(phone, phone.url, "ky") == []
    with phone.expect_download() as download:
        phone.click(f"main a[href='/practices/{practice.slug}.pdf']")
    sheet = pypdf.PdfReader(download.value.path())
    phone.click(f"main a[href='/practices/{practice.slug}/take-over/']")
    phone.fill("#id_login", "head.toktogul@example.org")
    phone.fill("#id_password", password)
    phone.click("main form button:not([name])")
    expect(phone.locator("[name=state][value=planning]")).to_be_visible()
    return sheet


def note(phone, practice):
    """That the town plans it, with its own plan; two clicks note it once."""
    path = f"/practices/{practice.slug}/take-over/"
    assert look(phone, path, "ky") == []
    phone.goto(path)
    phone.check("[name=state][value=planning]")
    own = ActionPlan.objects.get(reference="J-2018-019")
    phone.select_option("[name=plan]", str(own.pk))
    phone.fill("[name=result]", "Азырынча орун изделип жатат.")
    phone.locator(SEND).dblclick()
    expect(phone.locator(DONE)).to_be_visible()
    assert TakeOver.objects.filter(practice=practice).count() == 1


def test_a_practice_is_made_from_a_plan_reviewed_and_taken_over(page, programme):
    office = ["staff", "approver", "administrator"]
    author, first, second = (page(sample_person(name), language="ru") for name in office)
    practice = begin_practice(author)
    version = practice.versions.get()
    assert list(version.steps.values_list("first_week", "weeks")) == [(1, 2), (3, 8)]
    review(author, first, second, practice)
    log = list(version.log.values_list("action", flat=True))
    assert (log.count("approved"), log.count("published")) == (2, 1)
    phone = page(language="ky", width=360, accept_downloads=True)
    sheet = find_and_take_over(phone, practice, programme["head.toktogul"])
    assert len(sheet.pages) <= 2
    assert "балдар үчүн класстар" in " ".join(sheet.pages[0].extract_text().split())
    note(phone, practice)
    anybody = page(language="ru")
    assert look(anybody, practice.get_absolute_url(), "ru") == []
    follower = anybody.locator("#followers tbody tr")
    expect(follower).to_contain_text("Токтогул")
    expect(follower).to_contain_text("Азырынча орун изделип жатат.")
    author.goto(f"/plans/{PLAN}/")
    expect(author.locator(f"main a[href='{practice.get_absolute_url()}']").first).to_be_visible()
