"""The call: a fold over changes of the counted set, by published bars, withdrawn with a reason."""

from __future__ import annotations

import dataclasses
import json

import pytest

from results.projection import DEFAULT, Call, Counted, Gate, Projection, call, project
from tests.contests import contest, counted


def seen(
    key: str,
    leader: str | None = "red",
    bar: bool = True,
    gates: int = 0,
    certain: bool = False,
    keeps: bool | None = None,
) -> Projection:
    p = project(contest(2), counted((400, 100)))
    open_gates = (Gate("few_units", {"units": 1, "needed": 5}),) * gates
    keeps = bar if keeps is None else keeps
    changed = {"counted_key": key, "leader": leader, "meets_bar": bar, "keeps_bar": keeps, "certain": certain}
    return dataclasses.replace(p, gates=open_gates, **changed)  # type: ignore[arg-type]


def test_it_projects_on_two_successive_changes() -> None:
    first = call(Call(), seen("a"))
    assert (first.state, first.candidate, first.streak) == ("too_early", None, 1)
    assert [gate.code for gate in first.gates] == ["unconfirmed"]
    assert call(first, seen("a")) == first
    second = call(first, seen("b"))
    assert (second.state, second.candidate, second.gates) == ("projected", "red", ())


@pytest.mark.parametrize("between", [seen("b", bar=False), seen("b", gates=1), seen("b", leader="blue")])
def test_it_starts_again_after_a_failure_between(between: Projection) -> None:
    now = call(call(call(Call(), seen("a")), between), seen("c"))
    assert (now.state, now.streak, now.withdrawn) == ("too_early", 1, False)


def test_it_is_too_early_with_an_open_gate_and_too_close_below_the_bar() -> None:
    assert call(Call(), seen("a", gates=1)).state == "too_early"
    assert call(Call(), seen("a", gates=1, bar=False)).gates == seen("a", gates=1).gates
    close = call(Call(), seen("a", bar=False))
    assert (close.state, close.gates, close.streak) == ("too_close", (), 0)


def test_it_withdraws_only_when_the_model_fails_its_own_bar() -> None:
    projected = call(call(Call(), seen("a")), seen("b"))
    assert call(projected, seen("c", gates=1)).state == "projected"
    # A chance that fell below the bar for making it does not withdraw it; one below the bar for keeping it does.
    assert call(projected, seen("c", bar=False, keeps=True)).state == "projected"
    gone = call(projected, seen("c", bar=False))
    assert (gone.state, gone.candidate, gone.withdrawn) == ("too_close", None, True)
    assert gone.reason is not None and gone.reason.code == "below_bar"
    assert call(gone, seen("c", bar=False)) == gone
    other = call(projected, seen("c", leader="blue"))
    assert (other.state, other.withdrawn, other.streak) == ("too_early", True, 1)
    assert other.reason == Gate("leader_changed", {"candidate": "blue"})
    again = call(other, seen("d", leader="blue"))
    assert (again.state, again.candidate, again.withdrawn, again.reason) == ("projected", "blue", False, None)
    assert call(projected, project(contest(2), Counted())).reason == Gate("level")


def test_it_holds_to_the_bar_and_the_gates_what_a_correction_takes_from_certainty() -> None:
    sure = call(Call(), seen("a", certain=True))
    for shaken in (seen("b", bar=False, keeps=True), seen("b", gates=1)):
        now = call(sure, shaken)
        assert now.state in ("too_close", "too_early") and now.withdrawn and now.reason == Gate("corrected")


def test_it_gives_the_chance_of_the_candidate_whose_projection_falls() -> None:
    projected = call(call(Call(), seen("a")), seen("b"))
    p = seen("c", bar=False)
    shares = (
        dataclasses.replace(p.shares[0], win_probability=0.3),
        dataclasses.replace(p.shares[1], win_probability=0.7),
    )
    assert call(projected, dataclasses.replace(p, shares=shares)).reason == Gate("below_bar", {"percent": 30})
    other = call(projected, dataclasses.replace(p, shares=shares, leader="blue"))
    assert other.reason == Gate("leader_changed", {"candidate": "blue"})


def test_it_says_so_when_somebody_else_turns_out_to_be_certain() -> None:
    projected = call(call(Call(), seen("a")), seen("b"))
    now = call(projected, seen("c", leader="blue", certain=True))
    assert (now.state, now.candidate, now.withdrawn) == ("certain", "blue", True)
    assert now.reason == Gate("leader_changed", {"candidate": "blue"})
    assert not call(projected, seen("c", certain=True)).withdrawn


def test_it_needs_no_second_look_for_certainty() -> None:
    sure = call(Call(), seen("a", certain=True))
    assert (sure.state, sure.candidate) == ("certain", "red")
    assert call(sure, seen("b")).state == "projected"
    assert call(sure, seen("b", bar=False)).withdrawn


@pytest.mark.parametrize("p", [seen("a"), seen("a", bar=False), seen("a", gates=2), seen("a", certain=True)])
def test_it_keeps_a_call_as_plain_json_without_nulls(p: Projection) -> None:
    now = call(call(call(Call(), seen("x")), seen("y")), p)
    text = json.dumps(now.to_dict())
    assert "null" not in text and Call.from_dict(json.loads(text)) == now
    with pytest.raises(ValueError, match="unknown state"):
        Call.from_dict(now.to_dict() | {"state": "called"})


def test_it_has_the_constants_of_the_published_rule() -> None:
    assert (DEFAULT.bar, DEFAULT.stress, DEFAULT.stress_bar, DEFAULT.changes) == (0.995, 1.5, 0.98, 2)
    assert (DEFAULT.least_units, DEFAULT.least_fraction, DEFAULT.least_wards, DEFAULT.most_unseen) == (
        5,
        0.05,
        0.25,
        0.1,
    )
