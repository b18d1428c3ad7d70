from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="invite"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/invite-again/", views.invite_again, name="invite_again"),
    path("<int:pk>/switch/", views.person_switch, name="switch"),
]
