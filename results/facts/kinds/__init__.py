"""The kinds of entry of the ledger: each says in one place what it says, which rows hold it, and what follows from it.

To add a kind: a class here, the table of its rows in results/models/ledger.py, and the verb that writes it in
results/ledger. `ALL` is the only list of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from results.facts.kinds.amendments import BoxCancelled, BoxRegistered, ElectorateAmended
from results.facts.kinds.boxes import ArrivalUndone, Arrived, PapersMoved, SessionClosed, Verified
from results.facts.kinds.choices import HeldSet, PolicySet
from results.facts.kinds.counts import Adjudicated, Agreed, Entered, ReadingReturned
from results.facts.kinds.groups import GroupChanged, GroupDissolved, GroupFormed, GroupReopened, GroupSent
from results.facts.kinds.releases import ReleaseMade
from results.facts.kinds.said import Entry, Said, Together
from results.facts.kinds.statements import LateStartStated, VerificationSigned

ALL: tuple[type[Said], ...] = (
    BoxRegistered,
    BoxCancelled,
    ElectorateAmended,
    Arrived,
    ArrivalUndone,
    SessionClosed,
    Verified,
    PapersMoved,
    VerificationSigned,
    LateStartStated,
    GroupFormed,
    GroupSent,
    GroupReopened,
    GroupChanged,
    GroupDissolved,
    Entered,
    ReadingReturned,
    Adjudicated,
    Agreed,
    PolicySet,
    HeldSet,
    ReleaseMade,
)
BY_NAME: Mapping[str, type[Said]] = {kind.KIND: kind for kind in ALL}

__all__ = [
    "ALL",
    "BY_NAME",
    "Adjudicated",
    "Agreed",
    "ArrivalUndone",
    "Arrived",
    "BoxCancelled",
    "BoxRegistered",
    "ElectorateAmended",
    "Entered",
    "Entry",
    "GroupChanged",
    "GroupDissolved",
    "GroupFormed",
    "GroupReopened",
    "GroupSent",
    "HeldSet",
    "LateStartStated",
    "PapersMoved",
    "PolicySet",
    "ReadingReturned",
    "ReleaseMade",
    "Said",
    "SessionClosed",
    "Together",
    "VerificationSigned",
    "Verified",
]
