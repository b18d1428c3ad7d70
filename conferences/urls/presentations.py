from django.urls import path

from conferences.presentations import STEPS
from conferences.views import presentations as views
from conferences.views import proposals

urlpatterns = [
    path("presentations/", views.presentation_list, name="presentation_list"),
    path("presentations/<int:pk>/", views.presentation, name="presentation"),
    path("presentations/<int:pk>/edit/", views.presentation_edit, name="presentation_edit"),
    *(
        path(
            f"presentations/<int:pk>/{step}/",
            views.presentation_step,
            {"step": step},
            name=f"presentation_{step}",
        )
        for step in STEPS
    ),
    path("conferences/<slug:slug>/propose/", views.propose, name="propose"),
    path("conferences/<slug:slug>/proposals/", proposals.proposals, name="proposals"),
    path("conferences/<slug:slug>/proposals.csv", proposals.proposals_file, name="proposals_file"),
]
