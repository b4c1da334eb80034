"""Every table whose rows belong to an entry of the ledger."""

from __future__ import annotations

from .box_details import (
    BoxArrival,
    BoxCancellation,
    BoxCount,
    BoxRegistration,
    ElectorateAmendment,
    PresidingOfficersFigures,
    Verification,
)
from .choice_details import (
    Hold,
    PolicyChange,
    Release,
    ReleasedGroup,
)
from .count_details import (
    AgreedReading,
    Agreement,
    CandidateVotes,
    Count,
    CountGroup,
    CountGroupBox,
    GroupChange,
    GroupDissolution,
    GroupReopening,
    RejectedPapers,
)
from .ledger import (
    Acknowledgement,
    CompanionEntry,
    Detail,
)

DETAILS: tuple[type[Detail], ...] = (
    CompanionEntry,
    BoxRegistration,
    BoxCancellation,
    ElectorateAmendment,
    BoxArrival,
    PresidingOfficersFigures,
    Verification,
    BoxCount,
    CountGroup,
    CountGroupBox,
    GroupReopening,
    GroupChange,
    GroupDissolution,
    Count,
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
