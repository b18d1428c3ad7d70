from django.urls import path

from conferences.views import practices

urlpatterns = [
    path("practices/", practices.practice_list, name="practice_list"),
    path("practices/<slug:slug>/", practices.practice, name="practice"),
    path(
        "practices/<slug:slug>/versions/<int:number>/",
        practices.practice_version,
        name="practice_version",
    ),
]
