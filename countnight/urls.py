"""Every route at one glance."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from results.desk.views import Login

urlpatterns = [
    path("", include("results.public.urls")),
    path("desk/login/", Login.as_view(), name="login"),
    path("desk/logout/", LogoutView.as_view(), name="logout"),
    path("desk/", include("results.desk.urls")),
]

handler404 = "results.public.views.not_found"
