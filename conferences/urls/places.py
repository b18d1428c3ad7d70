from django.urls import path

from conferences.views import places

urlpatterns = [path("presentations/of/<str:code>/", places.of_place, name="of_place")]
