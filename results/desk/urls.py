"""The officers' screens. A contest is named by its ballot paper id, which holds dots."""

from django.urls import path, register_converter

from results.desk import screens


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
    path("", screens.contests, name="contests"),
    path("<str:contest>/", screens.contest, name="contest"),
    path("<str:contest>/public/", screens.policy, name="policy"),
    path("<str:contest>/hall/", screens.hall, name="hall"),
    path("<str:contest>/hall/totals/", screens.totals, name="totals"),
    path("<str:contest>/hall/announce/", screens.announce, name="announce"),
    path("<str:contest>/hall/screen/", screens.screen, name="screen"),
    path("<str:contest>/beat/", screens.beat, name="beat"),
    path("<str:contest>/ledger/", screens.ledger, name="ledger"),
    path("<str:contest>/ledger/<number:seq>/", screens.entry, name="entry"),
    path("<str:contest>/receipt/", screens.receipt, name="receipt"),
    path("<str:contest>/receipt/<str:label>/", screens.check_in, name="check_in"),
    path("<str:contest>/sessions/<number:number>/close/", screens.close_session, name="close_session"),
    path("<str:contest>/verification/", screens.verification, name="verification"),
    path("<str:contest>/verification/print/", screens.print_verification, name="print_verification"),
    path("<str:contest>/verification/late/", screens.late_start_statement, name="late_start"),
    path("<str:contest>/list/register/", screens.register_box, name="register_box"),
    path("<str:contest>/list/off/", screens.cancel_boxes, name="cancel_boxes"),
    path("<str:contest>/list/electors/", screens.electorates, name="electorates"),
    path("<str:contest>/boxes/<str:label>/", screens.box, name="box"),
    path("<str:contest>/boxes/<str:label>/arrived/", screens.arrive, name="arrive"),
    path("<str:contest>/boxes/<str:label>/arrived/undo/", screens.undo_arrival, name="undo_arrival"),
    path("<str:contest>/boxes/<str:label>/moved/", screens.move_papers, name="move_papers"),
    path("<str:contest>/boxes/<str:label>/off/", screens.cancel_box, name="cancel_box"),
    path("<str:contest>/adjudication/", screens.adjudication, name="adjudication"),
    path("<str:contest>/adjudication/<number:number>/", screens.adjudicate, name="adjudicate"),
    path("<str:contest>/groups/again/", screens.recount, name="recount"),
    path("<str:contest>/groups/new/", screens.form_group, name="form_group"),
    path("<str:contest>/groups/<number:number>/", screens.group, name="group"),
    path("<str:contest>/groups/<number:number>/count/", screens.count, name="count"),
    path("<str:contest>/groups/<number:number>/sent/", screens.send_group, name="send_group"),
    path("<str:contest>/groups/<number:number>/dissolve/", screens.dissolve, name="dissolve"),
    path("<str:contest>/groups/<number:number>/reopen/", screens.reopen, name="reopen"),
    path("<str:contest>/groups/<number:number>/resolve/", screens.resolve, name="resolve"),
    path("<str:contest>/groups/<number:number>/confirm/", screens.confirm, name="confirm"),
    path("<str:contest>/groups/<number:number>/boxes/", screens.change_group, name="change_group"),
]
