"""The officers' screens, by noun. Every view but the log-in is for people with a role at the contest."""

from .amendments import cancel_box, cancel_boxes, electorates, register_box
from .boxes import arrive, box
from .contest import contest, contests, policy
from .counts import count
from .group_changes import change_group, dissolve, reopen
from .groups import form_group, group
from .ledger import entry, ledger
from .people import Login, csrf_failure

__all__ = [
    "Login",
    "arrive",
    "box",
    "cancel_box",
    "cancel_boxes",
    "change_group",
    "contest",
    "contests",
    "count",
    "csrf_failure",
    "dissolve",
    "electorates",
    "entry",
    "form_group",
    "group",
    "ledger",
    "policy",
    "register_box",
    "reopen",
]
