"""Every route at one glance."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from results.desk.screens import Login
from results.public import health

urlpatterns = [
    path("", include("results.public.urls")),
    path("desk/login/", Login.as_view(), name="login"),
    path("desk/logout/", LogoutView.as_view(), name="logout"),
    path("desk/", include("results.desk.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]

handler404 = "results.public.views.not_found"
