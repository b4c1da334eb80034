"""project(): what the counted votes say about the final result.

The night as arrays (`ground`, `night`), a regression of the change since the last election (`regression`), possible
endings (`simulation`), and what may be said of them (`calls`). Equal figures give an equal projection, in whatever order
they came. Where everything is counted nothing is drawn: the shares are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .baseline import Floats
from .calls import Evidence, open_gates, passes
from .night import Night, arrange, counted_key
from .parameters import DEFAULT, Parameters
from .simulation import Outlook, foresee
from .types import CandidateProjection, Counted, Projection, Setup, StillOut


@dataclass(frozen=True)
class Assessment:
    """A projection with its figures before rounding: final shares `mean` (K,), their 5, 25, 75 and 95 % points
    `quantiles` (4, K), and `wins` (K,) the probability of the most votes. For tests of the model, not for display."""

    projection: Projection
    mean: Floats
    quantiles: Floats
    wins: Floats


def project(setup: Setup, counted: Counted, parameters: Parameters = DEFAULT) -> Projection:
    """Final shares, who wins and how surely, what is still out, and which gates keep the race from being projected.

    Equal figures give an equal projection, in whatever order the sets come. Shares are fractions of valid votes.
    Raises ValueError where a counted unit is not set up or a set's figures do not match the candidates.
    Source: docs/projection.md.
    """
    return assess(setup, counted, parameters).projection


def assess(setup: Setup, counted: Counted, parameters: Parameters = DEFAULT) -> Assessment:
    """The projection, and its figures before rounding."""
    night = arrange(setup, counted, parameters)
    have = night.votes.sum(axis=0)
    outlook = foresee(night, parameters)
    sure = _certain(night, have) if setup.settled else None
    first, second = _places(outlook.centre, sure) if have.any() or sure is not None else (None, None)
    wins = outlook.wins()
    met = sure is not None
    if first is not None and not met:
        # The stressed probability is only asked of who passes the first bar.
        likely = float(wins[first])
        met = likely >= parameters.bar and passes(likely, outlook.wins(parameters.stress)[first], parameters)
    mean, quantiles = outlook.shares()
    quantiles[:2] = np.minimum(quantiles[:2], mean)
    quantiles[2:] = np.maximum(quantiles[2:], mean)
    evidence = _evidence(night, have, parameters)
    keys = [candidate.key for candidate in setup.candidates]
    projection = Projection(
        shares=_shares(keys, mean, quantiles, wins, sure),
        counted_votes=int(have.sum()),
        expected_votes_left=round(float(night.coming.sum())),
        counted_fraction=round(evidence.fraction, 3),
        still_out=_still_out(night),
        gates=() if sure is not None else open_gates(evidence, parameters),
        meets_bar=met,
        keeps_bar=met or (first is not None and float(wins[first]) >= parameters.keep_bar),
        certain=sure is not None,
        leader=None if first is None else keys[first],
        runner_up=None if second is None else keys[second],
        required_share=_required(outlook, first, second),
        counted_key=counted_key(counted),
    )
    return Assessment(projection, mean, quantiles, wins)


def _certain(night: Night, have: Floats) -> int | None:
    """Who cannot be overtaken or drawn level with by any vote still possible, or None. Arithmetic alone.

    Papers found late in what is already counted are possible votes too. Where a counted set holds more papers than its
    units can, the sizes are wrong somewhere: then nothing is certain while anything is out.
    """
    if not len(night.members):
        return None
    first = int(np.argmax(have))
    others = np.delete(have, first)
    if len(others) == 0:
        return first
    most = night.sizes.most
    held = np.where(night.members, most, 0.0).sum(axis=1)
    if night.out.any() and (night.papers > held).any():
        return None
    verified = ~(night.members & ~night.sizes.exact).any(axis=1)
    late = np.maximum(held - night.papers, 0.0)[verified]
    possible = float(most[night.out].sum() + late.sum())
    return first if have[first] - others.max() > possible else None


def _places(final: Floats, sure: int | None) -> tuple[int | None, int | None]:
    """First and second by expected final votes (who is certain is first); None where level: no order breaks a tie."""
    order = np.argsort(-final, kind="stable")
    if sure is not None:
        order = np.r_[sure, order[order != sure]]
    level = 1e-9 * max(float(final.sum()), 1e-9)
    gap = -np.diff(final[order])
    first = int(order[0]) if sure is not None or len(gap) == 0 or gap[0] > level else None
    if first is None or len(order) == 1 or (len(gap) > 1 and gap[1] <= level):
        return first, None
    return first, int(order[1])


def _shares(
    keys: list[str], mean: Floats, quantiles: Floats, wins: Floats, sure: int | None
) -> tuple[CandidateProjection, ...]:
    """Shares rounded to 0.001; probability 1 only where certain."""
    figures = [[round(float(value), 3) for value in row] for row in (mean, *quantiles)]
    return tuple(
        CandidateProjection(
            key=key,
            mean=figures[0][k],
            low=figures[1][k],
            high=figures[4][k],
            lower_quartile=figures[2][k],
            upper_quartile=figures[3][k],
            win_probability=_published(float(wins[k])) if sure is None else float(k == sure),
        )
        for k, key in enumerate(keys)
    )


def _published(probability: float) -> float:
    """To 0.01; 0.99 is kept for what is at least that, for it is read as ">99 %"."""
    return 0.99 if probability >= 0.99 else min(round(probability, 2), 0.98)


def _required(outlook: Outlook, first: int | None, second: int | None) -> float | None:
    """x with have_2 + x U = have_1 + (1 - c - x) U, where U is out and c what the others are expected to take."""
    coming = outlook.centre - outlook.have
    left = float(coming.sum())
    if first is None or second is None or left <= 0:
        return None
    two = float(coming[first] + coming[second]) / left
    x = (float(outlook.have[first] - outlook.have[second]) / left + two) / 2
    return round(max(x, 0.0), 3) if x <= two else None


def _still_out(night: Night) -> tuple[StillOut, ...]:
    """Expected votes of the units out by ward and vote type, a unit's types taken to be alike in its wards."""
    ground = night.ground
    unknown = np.maximum(1 - ground.ward.sum(axis=1), 0)
    votes = np.column_stack([unknown, ground.ward]).T @ (ground.type * night.coming[:, None])
    names = ("", *ground.wards)
    return tuple(
        StillOut(names[w], ground.types[t], round(float(votes[w, t]))) for w, t in np.argwhere(np.round(votes) > 0)
    )


def _evidence(night: Night, have: Floats, parameters: Parameters) -> Evidence:
    """What the gates of the call look at."""
    ground = night.ground
    counted = float(have.sum())
    total = counted + float(night.coming.sum())
    votes = night.votes.sum(axis=1)
    fraction = counted / total if total > 0 else 0.0
    by_type = votes @ night.blend @ ground.type
    coming = night.coming @ ground.type
    unseen = ~ground.own & (coming > 0) & (by_type <= parameters.unseen_below * fraction * (by_type + coming))
    heard = (night.members[votes > 0].any(axis=0) @ (ground.ward > 0)) > 0
    return Evidence(
        complete=not night.out.any(),
        figures=int((votes > 0).sum()),
        fraction=fraction,
        wards_heard=int(heard.sum()),
        wards=len(ground.wards),
        unseen=tuple((ground.types[t], float(coming[t]) / total) for t in np.flatnonzero(unseen)),
    )
