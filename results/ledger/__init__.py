"""The only writer. Each verb is one transaction: it locks the contest, checks, appends, and hints once it is committed.

    record_arrival  record_verification      a box
    form_group  dissolve_group  record_count a count group; a count that adds up is agreed, and released where policy says
    set_policy  set_held                     what is public
    release_last  release_revision           what only the Returning Officer lets go

One lock a transaction, always the contest's row; on SQLite a queue in the process stands before it. Verbs take `actor`
by name, a `submission_id` made where the figures were typed, and `seen`, the last entry of the box or group that the
person saw. They return a Receipt or raise a LedgerError that says what to do; nothing is half done.
"""

from results.ledger.boxes import record_arrival, record_verification
from results.ledger.choices import set_held, set_policy
from results.ledger.counts import record_count
from results.ledger.errors import Conflict, Forbidden, LedgerError, Refused, Stale, UnknownSubject
from results.ledger.groups import dissolve_group, form_group
from results.ledger.releases import release_last, release_revision
from results.ledger.writing import Receipt

__all__ = [
    "Conflict",
    "Forbidden",
    "LedgerError",
    "Receipt",
    "Refused",
    "Stale",
    "UnknownSubject",
    "dissolve_group",
    "form_group",
    "record_arrival",
    "record_count",
    "record_verification",
    "release_last",
    "release_revision",
    "set_held",
    "set_policy",
]
