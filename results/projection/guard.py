"""Guards against an order that flatters: units that come in the order of their own figures are no fair sample.

**The order guard.** Among those counted, the units with a middling baseline got in for their luck. With l = e_1 - e_2
the lead of the first two, baselines of variance var(l'b) between units and errors of covariance S, selection on the
lead l'(b + e) moves the errors of what is out by

    E[e | out] - E[e | in] = S l / var(l'b) x (l'b out - l'b in)

(the regression of e on b among units chosen by their sum). A night's order is not known to be so unkind, so the shift
is no correction but a standard deviation along that direction, for the part of the baselines' difference that is more
than chance would give. Nights in a random order hardly feel it.

**The swing guard.** Where last time's result says little of this one's, no difference of baselines shows the order;
but then the change so far, d = counted shares - baseline shares of what is counted, is itself what was selected. Part of
it may belong to the wards heard from alone: a standard deviation of swing_guard x d for the fraction of what is out
that lies in wards of which nothing is in.
"""

from __future__ import annotations

import numpy as np

from .baseline import Floats
from .night import Night
from .parameters import Parameters
from .regression import Posterior


def order_guard(night: Night, posterior: Posterior, size: Floats, pair: tuple[int, int], rules: Parameters) -> Floats:
    """(K,) shift of shares of what is out, one standard deviation; zeros where nothing can be said.

    `size` (B,) are the votes expected of the units out, `pair` the two candidates expected first and second.
    """
    baseline = night.ground.baseline
    votes = night.votes.sum(axis=1)
    if not votes.any() or not size.any() or not baseline.by_ward:
        return np.zeros(night.votes.shape[1])
    inside = votes @ night.blend
    every = inside + size
    first, second = pair
    lead = baseline.share[:, first] - baseline.share[:, second]
    lead = lead - every @ lead / every.sum()
    between = float(every @ lead**2 / every.sum())
    inside, outside = inside / inside.sum(), size / size.sum()
    by_chance = between * float((inside**2).sum() + (outside**2).sum())
    beyond = float((outside - inside) @ lead) ** 2 - by_chance
    if between < 1e-8 or beyond <= 0:
        return np.zeros(night.votes.shape[1])
    typical = posterior.sets / votes.sum()  # one over the votes of a set
    per_unit = posterior.unit * np.sqrt(typical) + posterior.ward**2 + typical
    covariance = posterior.whole_scale(
        np.einsum("g,grs->rs", posterior.weight * per_unit, posterior.psi) / posterior.df
    )
    slope = (covariance[:, first] - covariance[:, second]) / between
    most = abs(float(slope[first] - slope[second]))
    slope = slope * min(1.0, rules.order_guard_most / max(most, 1e-12))
    shift: Floats = rules.order_guard * slope * np.sqrt(beyond)
    return shift


def swing_guard(night: Night, size: Floats, rules: Parameters) -> Floats:
    """(K,) shift of shares of what is out, one standard deviation; zeros without an old result to swing from."""
    have = night.votes.sum(axis=0)
    baseline = night.ground.baseline
    if not have.any() or not size.any() or not baseline.compared:
        return np.zeros(len(have))
    inside = night.votes.sum(axis=1) @ night.blend
    change = have / have.sum() - inside @ baseline.share / inside.sum()
    unheard = night.ground.ward @ (inside @ night.ground.ward <= 0)
    shift: Floats = rules.swing_guard * float(size @ unheard / size.sum()) * change
    return shift
