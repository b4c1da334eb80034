"""Every table whose rows belong to an entry of the ledger."""

from __future__ import annotations

from .box_details import (
    ArrivalUndoing,
    BoxArrival,
    BoxCancellation,
    BoxCount,
    BoxRegistration,
    ElectorateAmendment,
    PapersMoving,
    PresidingOfficersFigures,
    SessionClosing,
    Verification,
)
from .choice_details import (
    Hold,
    PolicyChange,
    Release,
    ReleasedGroup,
)
from .count_details import (
    Adjudication,
    AgreedReading,
    Agreement,
    CandidateVotes,
    Count,
    CountGroup,
    CountGroupBox,
    GroupChange,
    GroupDissolution,
    GroupReopening,
    GroupSending,
    ReadingReturn,
    RejectedPapers,
)
from .ledger import (
    Acknowledgement,
    CompanionEntry,
    Detail,
)
from .statement_details import LateStart, VerificationSigning

DETAILS: tuple[type[Detail], ...] = (
    CompanionEntry,
    BoxRegistration,
    BoxCancellation,
    ElectorateAmendment,
    BoxArrival,
    ArrivalUndoing,
    SessionClosing,
    PresidingOfficersFigures,
    Verification,
    BoxCount,
    PapersMoving,
    VerificationSigning,
    LateStart,
    CountGroup,
    CountGroupBox,
    GroupSending,
    GroupReopening,
    GroupChange,
    GroupDissolution,
    Count,
    ReadingReturn,
    Adjudication,
    CandidateVotes,
    RejectedPapers,
    Acknowledgement,
    Agreement,
    AgreedReading,
    PolicyChange,
    Hold,
    Release,
    ReleasedGroup,
)
"""Every table whose rows belong to an entry, in the order in which the hash covers them."""
