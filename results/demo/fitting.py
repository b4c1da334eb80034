"""Whole numbers that add up to given margins: how a reconstructed night meets the official figures exactly."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from results.demo.official import OfficialPoll
from results.demo.script import ReconstructedBox, ReconstructedGroup


def apportion(total: int, weights: ArrayLike) -> NDArray[np.int64]:
    """Whole numbers proportional to `weights` (n,) that sum to `total`, by largest remainder."""
    exact = total * np.asarray(weights, dtype=float) / np.sum(weights)
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole


def fit(prior: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """`prior` (r, c) scaled by iterative proportional fitting until its sums are `rows` (r,) and `columns` (c,).

    Zeros stay zero. Raises ValueError where the margins cannot be met within a thousandth of a vote.
    """
    fitted = prior.astype(float)
    for _ in range(500):
        fitted *= (rows / fitted.sum(axis=1))[:, None]
        fitted *= columns / fitted.sum(axis=0)
    if not np.allclose(fitted.sum(axis=1), rows, rtol=0, atol=1e-3):
        raise ValueError("the margins cannot be met by scaling")
    return fitted


def round_to_margins(
    fitted: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.int64]:
    """`fitted` (r, c) in whole numbers with sums exactly `rows` and `columns`, none below zero.

    Every cell is rounded down; each unit then missing goes to the cell with the largest remainder among the rows and
    columns that still miss one.
    """
    whole: NDArray[np.int64] = np.floor(fitted).astype(np.int64)
    while (whole.sum(axis=1) < rows).any():
        open_cells = (whole.sum(axis=1) < rows)[:, None] & (whole.sum(axis=0) < columns)
        cell = np.unravel_index(np.argmax(np.where(open_cells, fitted - whole, -np.inf)), whole.shape)
        whole[cell] += 1
    return whole


def count_groups(
    mixed: Sequence[Sequence[ReconstructedBox]],
    leanings: Callable[[ReconstructedBox], NDArray[np.float64]],
    poll: OfficialPoll,
    rng: np.random.Generator,
) -> tuple[ReconstructedGroup, ...]:
    """Figures of groups of boxes, exact by group and by column; `leanings` gives the expected shares of a box's papers."""
    rejected = np.array(list(poll.rejected_by_head.values())) / poll.papers
    expected = np.array(
        [np.sum([box.found * np.concatenate([leanings(box), rejected]) for box in group], axis=0) for group in mixed]
    )
    rows = np.array([sum(box.found for box in group) for group in mixed])
    columns = np.array([c.votes for c in poll.candidates] + list(poll.rejected_by_head.values()))
    # A trace of the expectation keeps a column of two papers from being drawn empty, which no scaling could fill.
    drawn = rng.poisson(expected) + 0.02 * expected
    table = round_to_margins(fit(drawn, rows, columns), rows, columns)
    seats = len(poll.candidates)
    return tuple(
        ReconstructedGroup(
            number=number,
            boxes=tuple(box.label for box in group),
            papers=sum(box.found for box in group),
            votes=tuple(int(n) for n in row[:seats]),
            rejected=tuple(int(n) for n in row[seats:]),
        )
        for number, (group, row) in enumerate(zip(mixed, table, strict=True), start=1)
    )
