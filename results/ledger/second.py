"""The other person who stands by a change of figures that stood: an officer, or a witness whose name is on the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from results.ledger.errors import Refused
from results.models import Contest, Role
from results.people import roles
from results.rules.findings import refusal


@dataclass(frozen=True, slots=True)
class Second:
    """A second officer, who has proved at the form to be that person; where there is none, a named witness on paper."""

    officer: User | None = None
    witness: str = ""

    @property
    def given(self) -> bool:
        """Whether somebody is named at all."""
        return self.officer is not None or bool(self.witness.strip())

    def fingerprint(self) -> dict[str, Any]:
        """What a second submission under the same id must say too; nothing where nobody is named."""
        if not self.given:
            return {}
        return {"second": self.officer.pk if self.officer else None, "witness": self.witness.strip()}


NOBODY = Second()


def require_fit(contest: Contest, actor: User, second: Second) -> None:
    """Refused unless a named second officer is another person with a supervisor's role, or higher, at the contest now."""
    if second.officer is None:
        return
    if second.officer.pk == actor.pk:
        raise Refused(refusal("second.same_person", "second_name"))
    role = roles.role_at(second.officer, contest)
    if role is None or not role.includes(Role.SUPERVISOR):
        raise Refused(refusal("second.no_supervisor", "second_name"))
