"""The list to check in against: every box by the place that it comes from, what came with it, and what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from results.facts.definition import BoxDefinition, SessionDefinition
from results.facts.types import Box, ClosedSession, Facts
from results.rules.receipt import packs_unknown
from results.texts.message import Message


class AccountState(StrEnum):
    """Where the ballot paper account of a box is. One that was verified was here, whether or not somebody ticked it."""

    EXPECTED = "expected"
    RECEIVED = "received"
    MISSING = "missing"
    NOT_NOTED = "not_noted"


@dataclass(frozen=True, slots=True)
class BoxReceived:
    """A box on the list: `first` is the box of its account that stands first, where the account covers several."""

    definition: BoxDefinition
    known: Box
    account: AccountState
    first: str

    @property
    def label(self) -> str:
        """What is written on the box."""
        return self.definition.label

    @property
    def account_word(self) -> Message:
        """Where its account is, in a word."""
        return Message(f"account.{self.account}")

    @property
    def account_wanted(self) -> bool:
        """Whether somebody is to ask for its account."""
        return self.account in (AccountState.MISSING, AccountState.NOT_NOTED)

    @property
    def expected(self) -> bool:
        """Whether it has not come yet."""
        return self.known.arrived_at is None


@dataclass(frozen=True, slots=True)
class Place:
    """A polling place or an opening session, with its boxes in the order of the list."""

    name: str
    postal: bool
    boxes: tuple[BoxReceived, ...]

    @property
    def expected(self) -> tuple[BoxReceived, ...]:
        """Its boxes that have not come yet."""
        return tuple(box for box in self.boxes if box.expected)


@dataclass(frozen=True, slots=True)
class Session:
    """An opening session of the set-up: its number in addresses, its boxes now, and its closing, if it is closed."""

    number: int
    definition: SessionDefinition
    boxes: tuple[BoxReceived, ...]
    closed: ClosedSession | None


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not here: boxes, accounts of boxes that came, and of stations how many packs were handed in.

    Accounts and stations are named by their first box.
    """

    boxes: tuple[str, ...]
    accounts: tuple[str, ...]
    packs: tuple[str, ...]
    sessions: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.boxes or self.accounts or self.packs or self.sessions)


def account_state(facts: Facts, label: str) -> AccountState:
    """Where the account is that covers a box."""
    account = facts.account_of(label)
    boxes = [facts.boxes[other] for other in facts.definition.accounts[account.key].boxes]
    if account.verified is not None or any(box.account_received for box in boxes):
        return AccountState.RECEIVED
    if any(box.account_received is False for box in boxes):
        return AccountState.MISSING
    return AccountState.NOT_NOTED if any(box.arrived_at for box in boxes) else AccountState.EXPECTED


def received(facts: Facts, label: str) -> BoxReceived:
    """What is known of a box's receipt."""
    definition = facts.definition.boxes[label]
    first = facts.definition.accounts[definition.account].boxes[0]
    return BoxReceived(definition, facts.boxes[label], account_state(facts, label), first)


def places(facts: Facts) -> Sequence[Place]:
    """Every box by where it comes from, in the order of the list."""
    found: dict[tuple[bool, str], list[BoxReceived]] = {}
    for label, box in facts.definition.boxes.items():
        postal = box.kind == "postal"
        found.setdefault((postal, box.origin if postal else box.place), []).append(received(facts, label))
    return [Place(name, postal, tuple(boxes)) for (postal, name), boxes in found.items()]


def place_of(facts: Facts, label: str) -> Place:
    """The place that a box comes from."""
    return next(found for found in places(facts) if label in [box.label for box in found.boxes])


def sessions(facts: Facts) -> Sequence[Session]:
    """The opening sessions of the set-up, in the order of their first boxes."""
    return [
        Session(
            number,
            session,
            tuple(received(facts, label) for label in facts.boxes_of_session(session.name)),
            facts.closed_sessions.get(session.name),
        )
        for number, session in enumerate(facts.definition.sessions.values(), 1)
    ]


def missing(facts: Facts) -> Missing:
    """What is still to come, or to be asked for. Packs are asked for only where a session opens them on the night."""
    states: Mapping[str, AccountState] = {
        account.boxes[0]: account_state(facts, account.boxes[0]) for account in facts.definition.accounts.values()
    }
    wanted = (AccountState.MISSING, AccountState.NOT_NOTED)
    packs = packs_unknown([facts]) if facts.open_sessions else []
    arrived = {label for label, box in facts.boxes.items() if box.arrived_at is not None}
    return Missing(
        tuple(label for label in facts.boxes if label not in arrived),
        tuple(label for label, state in states.items() if state in wanted),
        tuple(label for label in packs if label in arrived),
        facts.open_sessions,
    )
