"""The only writer. Each verb is one transaction: it locks the contest, checks, appends, and hints once it is committed.

    record_arrival  record_arrivals  undo_arrival   boxes that are checked in
    close_session                                   an opening session of postal votes
    record_verification                             an account
    move_papers                                     papers that lay in another contest's box
    sign_verification  state_late_start             what the Returning Officer signs and states
    register_box  cancel_box  amend_electorate      what the night amends of the set-up
    form_group  send_group  change_group  dissolve_group
    reopen_group  reopen_groups                     groups that are counted again
    record_count                                    a reading of a group's sheet; readings that agree stand
    return_reading  confirm_readings                what a supervisor finds who looks at the sheet
    record_adjudication                             what came back of its doubtful papers
    set_policy  set_held                            what is public
    release_last  release_revision                  what only the Returning Officer lets go

An act is one transaction, with the rows of all contests that it concerns locked in the order of their keys; on SQLite a
queue in the process stands before it. Verbs take `actor` by name, a `submission_id` made where the figures were typed,
and `seen`, the last entry of what the person saw. They return a Receipt or raise a LedgerError that says what to do;
nothing is half done.
"""

from results.ledger.adjudication import record_adjudication
from results.ledger.amendments import amend_electorate, register_box
from results.ledger.boxes import cancel_box, record_verification
from results.ledger.choices import set_held, set_policy
from results.ledger.counts import record_count
from results.ledger.errors import Conflict, Forbidden, LedgerError, Refused, Stale, UnknownSubject
from results.ledger.groups import change_group, dissolve_group, form_group, reopen_group, reopen_groups, send_group
from results.ledger.moving import move_papers
from results.ledger.readings import confirm_readings, return_reading
from results.ledger.receipt import close_session, record_arrival, record_arrivals, undo_arrival
from results.ledger.releases import release_last, release_revision
from results.ledger.second import Second
from results.ledger.statements import sign_verification, state_late_start
from results.ledger.writing import Receipt

__all__ = [
    "Conflict",
    "Forbidden",
    "LedgerError",
    "Receipt",
    "Refused",
    "Second",
    "Stale",
    "UnknownSubject",
    "amend_electorate",
    "cancel_box",
    "change_group",
    "close_session",
    "confirm_readings",
    "dissolve_group",
    "form_group",
    "move_papers",
    "record_adjudication",
    "record_arrival",
    "record_arrivals",
    "record_count",
    "record_verification",
    "register_box",
    "release_last",
    "release_revision",
    "reopen_group",
    "reopen_groups",
    "return_reading",
    "send_group",
    "set_held",
    "set_policy",
    "sign_verification",
    "state_late_start",
    "undo_arrival",
]
