"""The conjugate regression of the change since the baseline, in closed form.

Symbols: K candidates, r = K-1 (the one with the smallest share is dropped: shares add up to 1); counted set i with
n_i votes, shares s_i, baseline o_i and row x_i = [1; types; wards], a mean over its units with weights w.

    s_i - o_i = Theta' x_i + e_i,    e_i ~ N(0, (tau^2 sum w^2 + phi / n_i) Sigma)
    Theta ~ MN(0, diag(sd^2), Sigma),    Sigma ~ IW(nu0, (nu0 - r - 1) C),    nu0 = r + 1 + scale_freedom

so that with weights W = diag(1 / (tau^2 sum w^2 + phi / n)), X (S, q) and D (S, r) the posterior is

    P = diag(1/sd^2) + X'WX,   M = P^-1 X'WD,   Psi = Psi0 + D'WD - M'X'WD,   nu = nu0 + S

and a' Theta + e is multivariate t with nu - r + 1 degrees of freedom, mean M'a and scale (a'P^-1 a + var e) Psi / df.
Theta and Sigma are integrated out; ward sd and tau are a small grid weighted by exact marginal likelihood.

Source: Rossi, Allenby and McCulloch, Bayesian Statistics and Marketing (2005), section 2.8.5, from memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .design import Floats, Night
from .parameters import Parameters

LEAST_VOTES = 5.0  # a set of fewer votes is as noisy as one of five: shares of one vote are 0 or 1


@dataclass(frozen=True)
class Component:
    """One point of the grid: its posterior weight, M (q, r), P^-1 (q, q), Psi (r, r) and tau."""

    weight: float
    m: Floats
    v: Floats
    psi: Floats
    tau: float


@dataclass(frozen=True)
class Posterior:
    """`keep` (r,) candidates in the regression and `last` the dropped one; `x` (B, q) rows of all units;
    `c` (r, r) the prior scale C; `df` of every t."""

    components: tuple[Component, ...]
    keep: NDArray[np.intp]
    last: int
    x: Floats
    c: Floats
    df: float

    def scale(self, component: Component, coefficients: float, noise: float) -> Floats:
        """(r, r) scale matrix of a' Theta + e, with coefficients = a'P^-1 a. Uncertainty about coefficients never
        falls below the prior scale C: alike units say nothing about a vote type nobody has seen."""
        sigma = component.psi / self.df
        lack = max(0.0, 1 - float(np.trace(sigma) / np.trace(self.c)))
        scale: Floats = (coefficients + noise) * sigma + coefficients * lack * self.c
        return scale


def fit(night: Night, parameters: Parameters, without: int | None = None) -> Posterior:
    """The posterior given all counted sets with votes, or all but set `without`. Needs two candidates or more."""
    used = night.votes.sum(axis=1) > 0
    if without is not None:
        used[without] = False
    counted = night.votes[used].sum(axis=0)
    p = _plug_in(night.baseline.scale, counted, parameters)
    order = np.argsort(-p, kind="stable")
    keep, last = order[:-1], int(order[-1])
    r = len(keep)
    c: Floats = (np.diag(p) - np.outer(p, p))[np.ix_(keep, keep)]
    x = _rows(night)
    n = night.votes[used].sum(axis=1)
    blend = night.blend[used]
    rows = blend @ x
    change = (night.votes[used] / n[:, None] - blend @ night.baseline.share)[:, keep]
    nu0 = r + 1 + parameters.scale_freedom
    psi0 = parameters.scale_freedom * c
    nu = nu0 + len(n)
    parts: list[tuple[float, Floats, Floats, Floats, float]] = []
    for ward_sd, tau in _grid(night, parameters):
        prior = 1 / _sds(night, ward_sd, counted, parameters) ** 2
        noise = tau**2 * (blend**2).sum(axis=1) + parameters.overdispersion / np.maximum(n, LEAST_VOTES)
        weighted = rows / noise[:, None]
        precision = np.diag(prior) + rows.T @ weighted
        v = np.linalg.inv(precision)
        xd = weighted.T @ change
        m = v @ xd
        psi = psi0 + change.T @ (change / noise[:, None]) - m.T @ xd
        psi = (psi + psi.T) / 2 + 1e-12 * np.eye(r)
        likelihood = 0.5 * r * (np.log(prior).sum() - np.linalg.slogdet(precision)[1] - np.log(noise).sum())
        likelihood -= 0.5 * nu * np.linalg.slogdet(psi)[1]
        parts.append((float(likelihood), m, v, psi, tau))
    top = max(part[0] for part in parts)
    total = sum(np.exp(part[0] - top) for part in parts)
    components = tuple(Component(float(np.exp(w - top) / total), m, v, psi, tau) for w, m, v, psi, tau in parts)
    return Posterior(components, keep, last, x, c, float(nu - r + 1))


def _plug_in(p0: Floats, counted: Floats, parameters: Parameters) -> Floats:
    """(K,) the shares behind C: the prior ones and the counted, none below a floor."""
    total = float(counted.sum())
    p = p0 * parameters.scale_prior_votes + counted * min(1.0, parameters.scale_counted_votes / max(total, 1.0))
    p = np.maximum(p / p.sum(), parameters.scale_least_share)
    plug: Floats = p / p.sum()
    return plug


def _rows(night: Night) -> Floats:
    """(B, q) design: intercept, vote types (where there are two or more), wards (likewise)."""
    parts = [np.ones((len(night.out), 1))]
    parts += [night.type] if len(night.types) > 1 else []
    parts += [night.ward] if len(night.wards) > 1 else []
    return np.column_stack(parts)


def _grid(night: Night, parameters: Parameters) -> list[tuple[float, float]]:
    """(ward sd, tau) pairs. Without ward baselines the deviations are those between wards and units themselves."""
    if night.baseline.by_ward:
        return list(product(parameters.ward, parameters.unit))
    return list(product((*parameters.ward, parameters.ward_uninformed), (*parameters.unit, parameters.unit_uninformed)))


def _sds(night: Night, ward_sd: float, counted: Floats, parameters: Parameters) -> Floats:
    """(q,) prior standard deviations, in the order of `_rows`."""
    known = night.baseline.known
    newcomers = float((counted if counted.sum() > 0 else night.baseline.scale)[~known].sum())
    part = min(1.0, newcomers / max(float(counted.sum()), 1.0) / parameters.newcomers_matter)
    alone = parameters.type_alone + part * (parameters.type_alone_newcomers - parameters.type_alone)
    swing = parameters.swing if known.all() else parameters.swing_newcomers
    swing = swing if night.baseline.informed else parameters.swing_uninformed
    sds = [np.array([swing])]
    sds += [np.where(night.own, parameters.type_own_baseline, alone)] if len(night.types) > 1 else []
    sds += [np.full(len(night.wards), ward_sd)] if len(night.wards) > 1 else []
    return np.concatenate(sds)
