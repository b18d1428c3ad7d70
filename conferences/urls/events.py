from django.urls import path

from conferences.views import attendance, event_form, events

urlpatterns = [
    path("conferences/", events.event_list, name="event_list"),
    path("conferences/new/", event_form.event_add, name="event_add"),
    path("conferences/<slug:slug>/", events.event, name="event"),
    path("conferences/<slug:slug>/edit/", event_form.event_edit, name="event_edit"),
    path("conferences/<slug:slug>/publish/", event_form.event_publish, name="event_publish"),
    path("conferences/<slug:slug>/unpublish/", event_form.event_unpublish, name="event_unpublish"),
    path("conferences/<slug:slug>/remove/", event_form.event_remove, name="event_remove"),
    path("conferences/<slug:slug>/attendance/", attendance.attendance, name="attendance"),
]
