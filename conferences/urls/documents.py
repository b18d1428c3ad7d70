from django.urls import path

from conferences.views import documents as views

urlpatterns = [
    path("shared/<int:pk>/", views.file, name="file"),
    path("shared/<int:pk>/small/", views.file_small, name="file_small"),
    path("shared/<int:pk>/remove/", views.file_remove, name="file_remove"),
    path("conferences/<slug:slug>/files/add/", views.event_file_add, name="event_file_add"),
    path(
        "presentations/<int:pk>/files/add/",
        views.presentation_file_add,
        name="presentation_file_add",
    ),
    path(
        "practices/<slug:slug>/versions/<int:number>/files/add/",
        views.version_file_add,
        name="version_file_add",
    ),
]
