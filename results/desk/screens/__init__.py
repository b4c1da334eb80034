"""The officers' screens, by noun. Every view but the log-in is for people with a role at the contest."""

from .adjudication import adjudicate, adjudication
from .amendments import cancel_box, cancel_boxes, electorates, register_box
from .arrivals import arrive, undo_arrival
from .boxes import box
from .contest import contest, contests, policy
from .counts import count
from .floor import announce, beat, hall, screen, totals
from .group_changes import change_group, dissolve, reopen, send_group
from .groups import form_group, group
from .ledger import entry, ledger
from .moves import move_papers
from .people import Login, csrf_failure
from .receipt import check_in, receipt
from .recounts import recount
from .resolving import confirm, resolve
from .sessions import close_session
from .verification import late_start_statement, print_verification, verification

__all__ = [
    "Login",
    "adjudicate",
    "adjudication",
    "announce",
    "arrive",
    "beat",
    "box",
    "cancel_box",
    "cancel_boxes",
    "change_group",
    "check_in",
    "close_session",
    "confirm",
    "contest",
    "contests",
    "count",
    "csrf_failure",
    "dissolve",
    "electorates",
    "entry",
    "form_group",
    "group",
    "hall",
    "late_start_statement",
    "ledger",
    "move_papers",
    "policy",
    "print_verification",
    "receipt",
    "recount",
    "register_box",
    "reopen",
    "resolve",
    "screen",
    "send_group",
    "totals",
    "undo_arrival",
    "verification",
]
