from django.urls import path

from conferences.views import take_overs

urlpatterns = [
    path("practices/taken-over/", take_overs.take_overs, name="take_overs"),
    path("practices/<slug:slug>/take-over/", take_overs.take_over, name="take_over"),
    path(
        "practices/<slug:slug>/take-over/<int:pk>/remove/",
        take_overs.take_over_remove,
        name="take_over_remove",
    ),
]
