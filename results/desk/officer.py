"""A person at a contest, as the screens of the desk know them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from results import clock
from results.desk.progress import Standpoint
from results.facts.definition import Definition
from results.facts.reading import read_definition, read_facts
from results.facts.states import GroupState
from results.facts.types import CountFact, Facts, Group
from results.floor import claims
from results.ledger.hall import facts_in_area
from results.models import Appointment, Contest, LedgerEntry, Role
from results.rehearsal import prefix_of
from results.rules.agreement import is_reader
from results.texts.message import Message


def received_anywhere(user: User) -> list[uuid.UUID]:
    """Submissions of a person that any contest's ledger holds: drafts of them are erased in the browser."""
    return list(LedgerEntry.objects.filter(actor=user).distinct().values_list("submission_id", flat=True))


@dataclass(frozen=True, slots=True)
class Officer:
    """A person at a contest, with their role there."""

    user: User
    contest: Contest
    role: Role

    @property
    def role_word(self) -> Message:
        """What the role is called."""
        return Message(f"word.{self.role.value}")

    @property
    def supervises(self) -> bool:
        """Whether this person may do what a supervisor may."""
        return self.role.includes(Role.SUPERVISOR)

    @property
    def is_returning_officer(self) -> bool:
        """Whether this person may do what the Returning Officer may."""
        return self.role.includes(Role.RETURNING_OFFICER)

    @property
    def environment(self) -> Message:
        """What is to be said of a contest that is not a real count; no words of a real one."""
        return Message(f"environment.{self.contest.environment}")

    @property
    def line(self) -> str:
        """The address of the socket that tells a page of the desk that something changed (results/live/desk_line.py)."""
        return f"{prefix_of(self.contest)}/desk/{self.contest.ballot_paper_id}/line"

    @property
    def speed(self) -> float:
        """How fast the night goes: a played one has a clock of its own."""
        played = clock.demo_clock(self.contest.event)
        return played.speed if played is not None else 1.0

    def facts(self) -> Facts:
        """Everything that the contest's ledger says now."""
        return read_facts(self.contest)

    def definition(self) -> Definition:
        """The contest's set-up, mostly from memory: for answers that need no facts."""
        return read_definition(self.contest)

    def definition_with(self, box: str) -> Definition | None:
        """The set-up as it stands now, if it has this box: the night may have brought it, or taken it away."""
        definition = self.definition()
        if box not in definition.boxes:
            definition = self.facts().definition
        return definition if box in definition.boxes else None

    def now(self) -> datetime:
        """The time of the night."""
        return clock.now(self.contest.event)

    def received_ids(self, *about: Q, **of: Any) -> list[uuid.UUID]:
        """Submissions of this person that the ledger holds: drafts of them are erased in the browser."""
        entries = LedgerEntry.objects.filter(*about, contest=self.contest, actor=self.user, **of)
        return list(entries.distinct().values_list("submission_id", flat=True))

    def standpoint(self) -> Standpoint:
        """Who looks, when, and who else counts here."""
        held = list(Appointment.objects.filter(contest=self.contest).order_by("user").values_list("user", "role"))
        officers = [user for user, role in held if role == Role.COUNTING_OFFICER]
        staff = (*officers, *(user for user, role in held if role != Role.COUNTING_OFFICER))
        in_hand = {subject: tuple(one.person for one in held) for subject, held in claims.in_hand(self.contest).items()}
        others = facts_in_area(self.contest)
        return Standpoint(self.user.pk, self.role, self.now(), staff, len(officers), others, in_hand)

    def may_see(self, group: Group, entered: CountFact) -> bool:
        """Whether this person may see these figures: a colleague's are hidden until they are agreed.

        Where two people read a sheet, not even a supervisor sees the first reading before the second is there: they might
        be the one who types it. One who did type a reading is as blind as the other reader until the figures stand, and a
        counting officer until they are public. Earlier rounds are a supervisor's.
        """
        if entered.actor == self.user.pk:
            return True
        if self.reads_blind(group):
            return group.released and group.agreed is not None and group.agreed.seq == entered.seq
        if group.agreed is not None and group.agreed.seq == entered.seq:
            return True
        return self.supervises and not self._reading_is_open(group, entered)

    def knows_of(self, group: Group, entered: CountFact) -> bool:
        """Whether this person may know what came of another's sheet: its sum, its errors, whether it was agreed."""
        return group.readings_required == 1 or self.may_see(group, entered)

    def reads_blind(self, group: Group) -> bool:
        """Whether this person is told nothing of what two readings of a group say together.

        That they agree is hidden as well as that they differ: who knows one by itself knows the other by its absence.
        """
        if group.readings_required == 1:
            return False
        return not self.supervises or (group.agreed is None and is_reader(group, self.user.pk))

    @property
    def knows_agreements(self) -> bool:
        """Whether this person may know which groups are agreed and not public."""
        return self.supervises or self.contest.entries_required == 1

    def latest_of(self, group: Group) -> CountFact | None:
        """The last figures entered in the present round that this person may know of: of a sheet read blind their own."""
        known = [one for one in group.counts if one.figures.round == group.round]
        if self.reads_blind(group):
            known = [one for one in known if one.actor == self.user.pk]
        return known[-1] if known else None

    def state_of(self, group: Group) -> GroupState:
        """The state of a group as this person may know it."""
        told = (GroupState.QUERIED, GroupState.ADJUDICATION, GroupState.AGREED)
        return GroupState.ENTERED if self.reads_blind(group) and group.state in told else group.state

    def _reading_is_open(self, group: Group, entered: CountFact) -> bool:
        present = entered.figures.round == group.round
        return group.readings_required > 1 and present and len(group.readings) < group.readings_required
