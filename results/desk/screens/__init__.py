"""The officers' screens, by noun. Every view but the log-in is for people with a role at the contest."""

from .boxes import arrive, box
from .contest import contest, contests, policy
from .counts import count
from .groups import dissolve, form_group, group
from .people import Login, csrf_failure

__all__ = [
    "Login",
    "arrive",
    "box",
    "contest",
    "contests",
    "count",
    "csrf_failure",
    "dissolve",
    "form_group",
    "group",
    "policy",
]
