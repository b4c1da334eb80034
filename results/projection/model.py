"""project(): what the counted votes say about the final result.

    final votes of k = counted votes + sum over units out of m_b (o_b + Theta' x_b + e_b)

with m_b expected votes, o_b baseline shares, and Theta, e from `regression`; on top, the size of each vote type is
uncertain where it is not verified (`design`), and what is out may differ from what is in by late_difference x the
fraction out. A sum a = sum m_b x_b of rows makes all units out one multivariate t per grid point; 4,000 antithetic
draws of it, the same for every call, are clipped at 0 and added to the counted votes, which are never doubted.
Where everything is counted nothing is drawn: the shares are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .calls import Evidence, open_gates, passes
from .design import Floats, Night, arrange, counted_key
from .parameters import DEFAULT, Parameters
from .regression import fit
from .types import CandidateProjection, Counted, Projection, Setup, StillOut


@dataclass(frozen=True)
class Outlook:
    """Final votes: `have` (K,) counted, `centre` (K,) expected, `draws` (D, K) possible; one row where exact."""

    have: Floats
    centre: Floats
    draws: Floats

    def wins(self, stress: float = 1.0) -> Floats:
        """(K,) probability of the most votes, the spread widened by `stress`; a tie counts in equal parts."""
        votes = (
            self.draws if stress == 1.0 else np.maximum(self.centre + stress * (self.draws - self.centre), self.have)
        )
        first = votes == votes.max(axis=1, keepdims=True)
        probability: Floats = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
        return probability


def project(setup: Setup, counted: Counted, parameters: Parameters = DEFAULT) -> Projection:
    """Final shares, who wins and how surely, what is still out, and which gates keep the race from being projected.

    Equal figures give an equal projection, in whatever order the sets come. Shares are fractions of valid votes.
    Raises ValueError where a counted unit is not set up or a set's figures do not match the candidates.
    Source: docs/projection.md.
    """
    night = arrange(setup, counted, parameters)
    have = night.votes.sum(axis=0)
    expected = np.where(night.out, night.sizes.expected, 0.0)
    outlook = _outlook(night, have, expected, parameters)
    sure = _certain(night, have)
    first, second = _places(outlook.centre, sure) if have.any() or sure is not None else (None, None)
    wins = outlook.wins()
    met = sure is not None
    if first is not None and not met:
        met = passes(wins[first], outlook.wins(parameters.stress)[first], parameters)
    evidence = _evidence(night, have, expected, parameters)
    keys = [candidate.key for candidate in setup.candidates]
    return Projection(
        shares=_shares(keys, outlook, wins, sure),
        counted_votes=int(have.sum()),
        expected_votes_left=round(float(expected.sum())),
        counted_fraction=round(evidence.fraction, 3),
        still_out=_still_out(night, expected),
        gates=() if sure is not None else open_gates(evidence, parameters),
        meets_bar=met,
        certain=sure is not None,
        leader=None if first is None else keys[first],
        runner_up=None if second is None else keys[second],
        required_share=_required(outlook, first, second),
        counted_key=counted_key(counted),
    )


def _outlook(night: Night, have: Floats, expected: Floats, parameters: Parameters) -> Outlook:
    """Final votes: exact where nothing is out (or only empty units), else simulated."""
    if len(have) == 1:
        final = have + max(float(expected.sum()), 1.0)
        return Outlook(have, final, final[None, :])
    if expected.any():
        return _simulate(night, have, expected, parameters)
    if have.any() or not night.out.any():
        return Outlook(have, have, have[None, :])
    # Neither votes nor sizes are known: the draws are of shares, every unit weighing the same.
    return _simulate(night, have, night.out.astype(float), parameters)


def _simulate(night: Night, have: Floats, size: Floats, parameters: Parameters) -> Outlook:
    """`size` (B,) votes expected of the units out, 0 elsewhere."""
    posterior = fit(night, parameters)
    left = float(size.sum())
    a = size @ posterior.x
    start = size @ night.baseline.share
    exact = night.sizes.exact
    late = parameters.late_difference * left / (left + float(have.sum())) * left
    squares = float((size**2 * np.where(exact, 1.0, 1 + parameters.turnout_unit_sd**2)).sum())
    z, u, chi = _random(len(have), len(night.types), parameters.draws, parameters.seed)
    which = np.minimum(
        np.searchsorted(np.cumsum([part.weight for part in posterior.components]), u), len(posterior.components) - 1
    )
    keep, last = posterior.keep, posterior.last
    out = np.empty((len(u), len(have)))
    mean = np.zeros(len(have))
    for g, part in enumerate(posterior.components):
        centre = start.copy()
        centre[keep] += a @ part.m
        centre[last] = left - centre[keep].sum()
        mean += part.weight * centre
        rows = np.flatnonzero(which == g)
        if len(rows):
            noise = part.tau**2 * squares + parameters.overdispersion * left + late**2
            scale = posterior.scale(part, float(a @ part.v @ a), noise)
            moved = z[rows, : len(keep)] @ np.linalg.cholesky(scale).T
            out[np.ix_(rows, keep)] = centre[keep] + moved * _widen(chi[rows], posterior.df)[:, None]
    out[:, last] = left - out[:, keep].sum(axis=1)
    mean = np.maximum(mean, 0)
    mean *= left / mean.sum()
    by_type = (night.type * (size * ~exact)[:, None]).T
    if by_type.any():
        weights = np.array([part.weight for part in posterior.components])
        theta = np.tensordot(weights, np.array([part.m for part in posterior.components]), axes=1)
        share = night.baseline.share.copy()
        share[:, keep] += posterior.x @ theta
        share[:, last] = 1 - share[:, keep].sum(axis=1)
        spread = night.sizes.spread
        factor = np.exp(z[:, len(have) :] @ spread.T - 0.5 * (spread**2).sum(axis=1))
        out += (factor - 1) @ (by_type @ np.clip(share, 0, 1))
    return Outlook(have, have + mean, have + np.maximum(out, 0))


@lru_cache(maxsize=32)
def _random(candidates: int, types: int, draws: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Common random numbers: (D, K + T) antithetic normals, (D,) stratified uniforms, (D,) normals for the t; the
    two halves of a pair share the last two, so that two candidates of whom nothing is known have 0.5 each."""
    generator = np.random.default_rng(seed)
    half = max(draws // 2, 1)
    z = generator.standard_normal((half, candidates + types))
    u = generator.permutation((np.arange(half) + 0.5) / half)
    chi = generator.standard_normal(half)
    numbers = np.concatenate([z, -z]), np.concatenate([u, u]), np.concatenate([chi, chi])
    for array in numbers:
        array.setflags(write=False)
    return numbers


def _widen(normal: Floats, df: float) -> Floats:
    """sqrt(df / chi2) with chi2 from standard normals (Wilson and Hilferty 1931): smooth in df, where sampling a
    chi2 anew for each df would make the display jump."""
    chi2 = df * (1 - 2 / (9 * df) + normal * np.sqrt(2 / (9 * df))) ** 3
    widened: Floats = np.sqrt(df / np.maximum(chi2, 0.05 * df))
    return widened


def _certain(night: Night, have: Floats) -> int | None:
    """Who cannot be overtaken or drawn level with by any vote still possible, or None. Arithmetic alone.

    Where a counted set holds more papers than its units can, the sizes are wrong somewhere: then nothing is certain
    while anything is out.
    """
    if not len(night.members):
        return None
    first = int(np.argmax(have))
    others = np.delete(have, first)
    if len(others) == 0:
        return first
    if night.out.any():
        most = night.sizes.most
        if (night.papers > np.where(night.members, most, 0.0).sum(axis=1)).any():
            return None
        possible = float(most[night.out].sum())
    else:
        possible = 0.0
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


def _shares(keys: list[str], outlook: Outlook, wins: Floats, sure: int | None) -> tuple[CandidateProjection, ...]:
    """Shares rounded to 0.001, with the 5, 25, 75 and 95 % quantiles; probability 1 only where certain."""
    totals = outlook.draws.sum(axis=1, keepdims=True)
    share = outlook.draws / np.where(totals > 0, totals, 1)
    low, lower, upper, high = np.quantile(share, (0.05, 0.25, 0.75, 0.95), axis=0)
    mean = share.mean(axis=0)
    low, high = np.minimum(low, mean), np.maximum(high, mean)
    return tuple(
        CandidateProjection(
            key=key,
            mean=round(float(mean[k]), 3),
            low=round(float(low[k]), 3),
            high=round(float(high[k]), 3),
            lower_quartile=round(float(lower[k]), 3),
            upper_quartile=round(float(upper[k]), 3),
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


def _still_out(night: Night, expected: Floats) -> tuple[StillOut, ...]:
    """Expected votes of the units out by ward and type, a unit's types taken to be alike in its wards."""
    unknown = np.maximum(1 - night.ward.sum(axis=1), 0)
    votes = np.column_stack([unknown, night.ward]).T @ (night.type * expected[:, None])
    names = ("", *night.wards)
    cells = [(names[w], night.types[t], round(float(votes[w, t]))) for w, t in np.ndindex(*votes.shape)]
    return tuple(StillOut(*cell) for cell in cells if cell[2] > 0)


def _evidence(night: Night, have: Floats, expected: Floats, parameters: Parameters) -> Evidence:
    """What the gates of the call look at."""
    counted = float(have.sum())
    total = counted + float(expected.sum())
    votes = night.votes.sum(axis=1)
    fraction = counted / total if total > 0 else 0.0
    by_type = votes @ night.blend @ night.type
    coming = expected @ night.type
    unseen = ~night.own & (coming > 0) & (by_type <= parameters.unseen_below * fraction * (by_type + coming))
    heard = (night.members[votes > 0].any(axis=0) @ (night.ward > 0)) > 0
    return Evidence(
        complete=not night.out.any(),
        figures=int((votes > 0).sum()),
        fraction=fraction,
        wards_heard=int(heard.sum()),
        wards=len(night.wards),
        unseen=tuple((night.types[t], float(coming[t]) / total) for t in np.flatnonzero(unseen)),
    )
