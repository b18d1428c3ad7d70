"""Events, presentations, practices and who takes them over: to measure finding and reading them.

One practice for ten plans, one taking over a plan, one event for twenty plans; one event has 200 talks.
"""

import datetime as dt
from decimal import Decimal
from itertools import count
from random import Random

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from action_plans.models import ActionPlan, PlanStatus, ServiceArea
from conferences.event_search import fill_search_key as fill_event_key
from conferences.models import (
    Event,
    EventText,
    Hall,
    Practice,
    PracticeStep,
    PracticeText,
    PracticeVersion,
    Presentation,
    PresentationSpeaker,
    PresentationText,
    Session,
    Speaker,
    TakeOver,
    VersionStatus,
    VersionStep,
)
from conferences.practice_search import search_text
from municipalities.models import Municipality

from .data_money import DAY, NOW
from .tables import Tables, continue_numbering
from .words import OBJECTIVES, PROBLEMS, TITLES, VILLAGES

LARGE = 200  # talks of one event
HALLS = 4
TRUCK = 3  # of TITLES: what the first practice is about
CHANCES = {"ru": 1, "ky": 0.5, "en": 0.3}
SECTIONS = ["results", "upkeep", "went_wrong", "conditions", "provider", "tariff", "contact"]
PARENTS = [Event, EventText, Hall, Session, Speaker]
PRACTICES = [Practice, PracticeVersion, PracticeText, PracticeStep]
TALKS = [Presentation, PresentationText, Presentation.municipalities.through, PresentationSpeaker]
MODELS = [*PARENTS, *PRACTICES, *TALKS, TakeOver, VersionStep]


def generate(number, seed=20261123):
    """After the plans: they are what practices are made from."""
    sharing = Sharing(Random(seed))
    with transaction.atomic():
        plans = ActionPlan.objects.filter(status=PlanStatus.COMPLETED).order_by("pk")
        for plan in plans.select_related("lead")[: max(number // 10, 3)]:
            sharing.add_practice(plan)
        for _event in range(max(number // 20, 2)):
            sharing.add_event(LARGE if not sharing.events else 3)
        for n in range(number):
            sharing.add_take_over(n)
        sharing.tables.flush()
        continue_numbering(MODELS)
    publish(sharing.staff)
    for event in Event.objects.prefetch_related("texts", "hosts"):
        fill_event_key(event)


def publish(staff):
    """As the portal does: the key, two reviews, then what says that it is published."""
    versions = PracticeVersion.objects.select_related(
        "practice__area__parent",
        "practice__municipality__region",
        "practice__municipality__district",
    )
    chunk = []
    for version in versions.prefetch_related("texts").order_by("pk"):
        version.search_key = search_text(version)
        chunk.append(version)
    with transaction.atomic():
        PracticeVersion.objects.bulk_update(chunk, ["search_key"], batch_size=100)
        PracticeVersion.objects.update(status=VersionStatus.REVIEW)
        PracticeVersion.objects.update(
            status=VersionStatus.PUBLISHED,
            first_reviewer=staff[1],
            second_reviewer=staff[2],
            published_at=NOW,
            check_on=NOW.date() + 730 * DAY,
        )


class Sharing:
    def __init__(self, random):
        self.random = random
        self.staff = list(User.objects.filter(email__startswith="staff").order_by("email"))
        self.places = list(Municipality.objects.filter(gone_on=None).order_by("code"))
        self.areas = list(ServiceArea.objects.order_by("position", "code"))
        self.tables, self.keys = Tables(*MODELS), {model: count(1) for model in MODELS}
        self.events, self.practices, self.taken = [], [], set()

    def add(self, model, **fields):
        return self.tables.add(model(pk=next(self.keys[model]), **fields))

    def texts(self, model, n, **owner):
        """n: which of them; every twelfth is about the same works."""
        work, village = n % len(TITLES["ru"]), self.random.randrange(len(VILLAGES["ru"]))
        for language, chance in CHANCES.items():
            if self.random.random() <= chance:
                yield self.add(
                    model,
                    **owner,
                    language=language,
                    is_original=language == "ru",
                    state="original" if language == "ru" else "draft",
                    title=TITLES[language][work].format(VILLAGES[language][village]),
                )

    # --- Practices ---

    def add_practice(self, plan):
        practice = self.add(
            Practice,
            slug=f"practice-{slugify(plan.reference)}",
            municipality=plan.lead,
            plan=plan,
            area=self.random.choice(self.areas),
            created_at=NOW,
            created_by=self.staff[0],
        )
        version = self.add(
            PracticeVersion,
            practice=practice,
            number=1,
            author=self.staff[0],
            created_at=NOW,
            saved_at=NOW,
        )
        for text in self.texts(PracticeText, len(self.practices) + TRUCK, version=version):
            text.problem, text.solution = PROBLEMS[text.language], OBJECTIVES[text.language]
            for section in SECTIONS:
                setattr(text, section, OBJECTIVES[text.language])
        for position in range(6):
            self.add(
                PracticeStep,
                version=version,
                position=position,
                first_week=position * 3 + 1,
                weeks=4,
                text_ru=OBJECTIVES["ru"],
                text_ky=OBJECTIVES["ky"],
            )
        self.add(VersionStep, version=version, action="created", done_at=NOW, done_by=self.staff[0])
        self.practices.append(practice)

    def add_take_over(self, n):
        """The first practice is taken over by many."""
        practice = self.practices[0 if n % 500 == 0 else self.random.randrange(len(self.practices))]
        place = self.random.choice(self.places)
        if place.pk == practice.municipality_id or (practice.pk, place.pk) in self.taken:
            return
        self.taken.add((practice.pk, place.pk))
        state = self.random.choice(["interested", "running", "running", "given_up"])
        self.add(
            TakeOver,
            practice=practice,
            municipality=place,
            state=state,
            started_on=NOW.date() if state == "running" else None,
            cost_kgs=Decimal(self.random.randrange(1, 90)) * 50_000 if state == "running" else None,
            result=OBJECTIVES["ru"] if state == "running" else "",
            language="ru" if state == "running" else "",
            given_up_reason="Нет источника воды." if state == "given_up" else "",
            noted_at=NOW - self.random.randrange(900) * DAY,
            noted_by=self.staff[0],
        )

    # --- Events ---

    def add_event(self, talks):
        n = len(self.events)
        starts_on = NOW.date() - n * DAY
        event = self.add(
            Event,
            slug=f"event-{n}",
            kind=self.random.choice(["conference", "exchange_visit", "training", "opening"]),
            starts_on=starts_on,
            last_on=starts_on,
            in_ru=True,
            published_at=NOW,
            created_at=NOW,
        )
        list(self.texts(EventText, n, event=event))
        self.events.append(event)
        halls = [
            self.add(Hall, event=event, name_ru=f"Зал {hall}", position=hall)
            for hall in range(HALLS if talks > HALLS else 1)
        ]
        each = -(-talks // len(halls))
        for hall in halls:
            self.add_session(event, hall, min(each, talks))

    def add_session(self, event, hall, talks):
        """Talks of three minutes: a day of 24 hours holds them."""
        begins = dt.datetime.combine(event.starts_on, dt.time(3), dt.UTC)
        length = dt.timedelta(minutes=3)
        session = self.add(
            Session,
            event=event,
            hall=hall,
            kind="talks",
            name_ru="Доклады",
            starts_at=begins,
            ends_at=begins + talks * length,
        )
        for n in range(talks):
            self.add_talk(session, begins + n * length, length)

    def add_talk(self, session, begins, length):
        practice = self.random.choice(self.practices)
        talk = self.add(
            Presentation,
            event=session.event,
            status="accepted",
            practice=practice,
            plan=practice.plan,
            area=practice.area,
            minutes=3,
            session=session,
            starts_at=begins,
            ends_at=begins + length,
            created_at=NOW,
        )
        list(self.texts(PresentationText, talk.pk, presentation=talk))
        shown_by = Presentation.municipalities.through
        self.add(shown_by, presentation=talk, municipality=practice.municipality)
        place = practice.municipality
        speaker = self.add(Speaker, event=talk.event, municipality=place, role="Глава айыл окмоту")
        self.add(PresentationSpeaker, presentation=talk, speaker=speaker)
