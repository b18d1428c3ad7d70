from django.urls import path

from conferences.views import recommendations

AT = "conferences/<slug:slug>/recommendations/"
urlpatterns = [
    path(f"{AT}new/", recommendations.recommendation_add, name="recommendation_add"),
    path(f"{AT}<int:pk>/", recommendations.recommendation_edit, name="recommendation_edit"),
    path(
        f"{AT}<int:pk>/remove/", recommendations.recommendation_remove, name="recommendation_remove"
    ),
    path(
        f"{AT}<int:pk>/<slug:step>/",
        recommendations.recommendation_step,
        name="recommendation_step",
    ),
]
