from django.urls import path

from . import views

app_name = "municipalities"
urlpatterns = [
    path("municipalities/", views.municipality_list, name="list"),
    path("municipalities/<slug:code>/", views.municipality_detail, name="detail"),
    path("regions/", views.region_list, name="regions"),
    path("regions/<slug:iso>/", views.region_detail, name="region"),
    path("districts/<slug:code>/", views.district_detail, name="district"),
    path("search/", views.search, name="search"),
]
