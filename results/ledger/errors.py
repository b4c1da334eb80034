"""Why the ledger did not record a submission: a code with arguments, for whoever tells it to the person in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from results.rules.findings import Finding
from results.texts.message import Message


class LedgerError(Exception):
    """The ledger did not record a submission; `status` is the HTTP status that says so, `message` says why."""

    status = 422

    def __init__(self, code: str, **args: Any) -> None:
        self.message = Message(code, args)
        super().__init__(f"{code} {args}")


class Forbidden(LedgerError):
    """The person's role, or want of one, does not allow this."""

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
    """Refusals, or warnings that were not acknowledged: `findings`, one or more, say which and beside which field."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings[0].code, **findings[0].args)
        self.findings: Sequence[Finding] = findings
