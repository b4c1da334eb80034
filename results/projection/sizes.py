"""How many votes a unit holds: verified papers where there are any, else electors x turnout.

    log(papers / electors) = mu + type' delta + noise,   mu, delta and noise normal,

learned in closed form from whatever is counted or verified. A unit of unknown size is taken to be an average one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .baseline import Bools, Floats
from .parameters import Parameters


@dataclass(frozen=True)
class Sizes:
    """Votes per unit. `expected` (B,) valid votes; `exact` (B,) papers verified; `most` (B,) papers that can still
    be in it, infinite where not known; `spread` (T, T): per-type log sizes vary as spread @ standard normals."""

    expected: Floats
    exact: Bools
    most: Floats
    spread: Floats


def expect_sizes(
    electors: Floats,
    verified: Floats,
    turnout: float | None,
    kind: Floats,
    members: Bools,
    papers: Floats,
    rejected: float,
    rules: Parameters,
) -> Sizes:
    """`electors` (B,), 0 where not known; `verified` (B,) papers, -1 where not known; `kind` (B, T) type fractions;
    `members` (S, B) the units and `papers` (S,) the papers of each counted set."""
    exact = verified >= 0
    seen = _known_turnouts(electors, verified, kind, members, papers)
    mean, spread = _turnout(turnout, kind, seen, rules)
    size = np.where(exact, verified, electors * np.minimum(np.exp(mean), 1.0))
    unknown = ~exact & (electors == 0)
    if unknown.any():
        known = size[~unknown]
        nothing_known = len(known) == 0 or known.sum() == 0
        size[unknown] = papers.sum() / max(members.sum(), 1) if nothing_known else known.mean()
    share_rejected = (rejected + rules.rejected_rate * rules.rejected_weight) / (papers.sum() + rules.rejected_weight)
    return Sizes(
        expected=size * (1 - share_rejected),
        exact=exact,
        most=np.where(exact, verified, np.where(electors > 0, electors, np.inf)),
        spread=spread,
    )


def _known_turnouts(
    electors: Floats, verified: Floats, kind: Floats, members: Bools, papers: Floats
) -> tuple[Floats, Floats, Floats]:
    """Papers (N,), electors (N,) and type fractions (N, T) wherever both are known: counted sets, and verified units
    still out."""
    inside = np.array(members @ electors, dtype=float)
    whole = (papers > 0) & (inside > 0) & ~(members & (electors == 0)).any(axis=1)
    mixed = (members * electors)[whole] @ kind / inside[whole, None]
    early = ~members.any(axis=0) & (verified > 0) & (electors > 0)
    return (
        np.concatenate([papers[whole], verified[early]]),
        np.concatenate([inside[whole], electors[early]]),
        np.concatenate([mixed, kind[early]]),
    )


def _turnout(
    expected: float | None, kind: Floats, seen: tuple[Floats, Floats, Floats], rules: Parameters
) -> tuple[Floats, Floats]:
    """(B,) log turnout of the units, and the (T, T) factor of the covariance of the types' log turnouts."""
    papers, electors, mixed = seen
    t = kind.shape[1]
    start = float(np.log(np.clip(rules.turnout if expected is None else expected, 0.01, 1.0)))
    sd = rules.turnout_sd_unknown if expected is None else rules.turnout_sd
    rows = np.column_stack([np.ones(len(papers)), mixed])
    weighted = rows / (rules.turnout_unit_sd**2 + 1 / electors)[:, None]
    precision = np.diag(np.r_[1 / sd**2, np.full(t, 1 / rules.turnout_type_sd**2)]) + rows.T @ weighted
    covariance = np.linalg.inv(precision)
    change = np.clip(np.log(papers / electors) - start, -2.0, 2.0)
    both = np.column_stack([np.ones(t), np.eye(t)])
    mean: Floats = kind @ (start + both @ (covariance @ (weighted.T @ change)))
    spread = np.linalg.cholesky(both @ covariance @ both.T + 1e-12 * np.eye(t)).astype(float)
    return mean, spread
