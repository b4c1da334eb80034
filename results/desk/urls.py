"""The officers' screens. A contest is named by its ballot paper id, which holds dots."""

from django.urls import path

from results.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.contests, name="contests"),
    path("<str:contest>/", views.contest, name="contest"),
    path("<str:contest>/public/", views.policy, name="policy"),
    path("<str:contest>/boxes/<str:label>/", views.box, name="box"),
    path("<str:contest>/boxes/<str:label>/arrived/", views.arrive, name="arrive"),
    path("<str:contest>/groups/new/", views.form_group, name="form_group"),
    path("<str:contest>/groups/<int:number>/", views.group, name="group"),
    path("<str:contest>/groups/<int:number>/count/", views.count, name="count"),
    path("<str:contest>/groups/<int:number>/dissolve/", views.dissolve, name="dissolve"),
]
