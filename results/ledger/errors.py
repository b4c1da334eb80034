"""Why the ledger did not take a submission, each in words for the person who made it."""

from __future__ import annotations

from collections.abc import Sequence

from results.rules import Finding


class LedgerError(Exception):
    """The ledger did not take a submission; `status` is the HTTP status that says so."""

    status = 422


class Forbidden(LedgerError):
    """The person's role, or place, does not allow this."""

    status = 403


class UnknownSubject(LedgerError):
    """No such box or group in this contest."""

    status = 404


class Conflict(LedgerError):
    """The same submission id came before with other figures, or from another person."""

    status = 409


class Stale(LedgerError):
    """Somebody else wrote about this box or group after the form was opened."""

    status = 409


class Refused(LedgerError):
    """Refusals, or warnings that were not acknowledged: `findings` says which and beside which field."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.words for finding in findings))
        self.findings = tuple(findings)
