from django.urls import path

from conferences.views import now, programme, schedule

urlpatterns = [
    path("conferences/<slug:slug>.ics", now.event_ics, name="event_ics"),
    path("conferences/<slug:slug>/now/", now.now, name="now"),
    path("conferences/<slug:slug>/programme/", programme.programme, name="programme"),
    path(
        "conferences/<slug:slug>/programme/later/",
        programme.programme_delay,
        name="programme_delay",
    ),
    path(
        "conferences/<slug:slug>/programme/days/", programme.programme_days, name="programme_days"
    ),
    path("conferences/<slug:slug>/halls/new/", programme.hall_add, name="hall_add"),
    path("conferences/<slug:slug>/halls/<int:pk>/", programme.hall_edit, name="hall_edit"),
    path("conferences/<slug:slug>/halls/<int:pk>/move/", programme.hall_move, name="hall_move"),
    path(
        "conferences/<slug:slug>/halls/<int:pk>/remove/", programme.hall_remove, name="hall_remove"
    ),
    path("conferences/<slug:slug>/sessions/new/", programme.session_add, name="session_add"),
    path("conferences/<slug:slug>/sessions/<int:pk>/", programme.session_edit, name="session_edit"),
    path(
        "conferences/<slug:slug>/sessions/<int:pk>/remove/",
        programme.session_remove,
        name="session_remove",
    ),
    path("conferences/<slug:slug>/schedule/", schedule.schedule, name="schedule"),
    path(
        "conferences/<slug:slug>/schedule/<int:pk>/", schedule.schedule_talk, name="schedule_talk"
    ),
    path(
        "conferences/<slug:slug>/schedule/<int:pk>/remove/", schedule.unschedule, name="unschedule"
    ),
]
