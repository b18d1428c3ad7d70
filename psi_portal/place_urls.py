"""The addresses of places; the pages with figures come from reports, which places may not import."""

from django.urls import path

from municipalities.urls import app_name
from municipalities.urls import urlpatterns as places
from reports import views

WITH_FIGURES = {
    "detail": views.municipality,
    "region": views.region,
    "district": views.district,
}

__all__ = ["app_name", "urlpatterns"]
urlpatterns = [
    path(str(place.pattern), WITH_FIGURES.get(place.name, place.callback), name=place.name)
    for place in places
]
