"""The officers' screens. A contest is named by its ballot paper id, which holds dots."""

from django.urls import path, register_converter

from results.desk import views


class NumberConverter:
    """A group's number, which is small: one that no database could hold is no address."""

    regex = "[0-9]{1,6}"

    def to_python(self, value: str) -> int:
        """As a number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """As written in an address."""
        return str(value)


register_converter(NumberConverter, "number")

app_name = "desk"
urlpatterns = [
    path("", views.contests, name="contests"),
    path("<str:contest>/", views.contest, name="contest"),
    path("<str:contest>/public/", views.policy, name="policy"),
    path("<str:contest>/boxes/<str:label>/", views.box, name="box"),
    path("<str:contest>/boxes/<str:label>/arrived/", views.arrive, name="arrive"),
    path("<str:contest>/groups/new/", views.form_group, name="form_group"),
    path("<str:contest>/groups/<number:number>/", views.group, name="group"),
    path("<str:contest>/groups/<number:number>/count/", views.count, name="count"),
    path("<str:contest>/groups/<number:number>/dissolve/", views.dissolve, name="dissolve"),
]
