"""Public addresses."""

from django.urls import path

from results.public import views

app_name = "public"
urlpatterns = [
    path("", views.contests, name="contests"),
    path("contests/rows", views.rows, name="rows"),
    path("calibration/", views.calibration, name="calibration"),
    path("contests/<str:contest>/", views.contest, name="contest"),
    path("contests/<str:contest>/updates", views.updates, name="updates"),
    path("contests/<str:contest>/board.json", views.board, name="board"),
    path("contests/<str:contest>/setup.json", views.setup, name="setup"),
]
