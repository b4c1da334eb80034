"""Released sets whose figures or papers have changed since: released again by policy, or by the Returning Officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from results.facts.types import Box, Facts, ReleasedSet


def revisable(facts: Facts) -> tuple[int, ...] | None:
    """A released set whose figures now stand otherwise and may be released again under the standing policy, or None.

    It is released as the same set. It must rest on the papers that were released: then the difference tells what was
    written wrongly. Where papers came or went, as many of each perhaps, it would tell how they were cast: such a set
    waits for the Returning Officer (`withheld_revisions`).
    """
    if facts.publish != "totals" or facts.held:
        return None
    return next((s.groups for s in facts.releases if _stands_otherwise(facts, s) and _same_papers(facts, s)), None)


def withheld_revisions(facts: Facts) -> tuple[ReleasedSet, ...]:
    """Released sets that now stand otherwise and on other papers: only the Returning Officer releases them again."""
    return tuple(s for s in facts.releases if _stands_otherwise(facts, s) and not _same_papers(facts, s))


def is_recounting(facts: Facts, released_set: ReleasedSet) -> bool:
    """Whether papers of the set came or went since, or a group of it was reopened, and the figures that were released are
    not agreed anew.

    Only what is public decides it, which papers were found where, that a group is counted again, and figures that are: a
    count entered again on the same papers shows nowhere until it is released.
    """
    if _same_papers(facts, released_set) and not _reopened(facts, released_set):
        return False
    return _agreed_figures(facts, released_set) != _released_figures(released_set)


def same_papers(boxes: Mapping[str, Box], released_set: ReleasedSet) -> bool:
    """Whether no box of the set was verified with other figures since its release, not even for a while."""
    return tuple(boxes[label].papers_seq for label in released_set.boxes) == released_set.papers_seqs


def _same_papers(facts: Facts, released_set: ReleasedSet) -> bool:
    """Whether the groups of the set still hold the papers that were released: the same boxes, and in them the same."""
    boxes = {label for number in released_set.groups for label in facts.groups[number].boxes}
    return boxes == set(released_set.boxes) and same_papers(facts.boxes, released_set)


def _stands_otherwise(facts: Facts, released_set: ReleasedSet) -> bool:
    """Whether every group of the set is agreed, and their figures are not those that were released."""
    figures = _agreed_figures(facts, released_set)
    return figures is not None and figures != _released_figures(released_set)


def _reopened(facts: Facts, released_set: ReleasedSet) -> bool:
    """Whether a group of the set is in a later round than the count that is public."""
    counts = zip(released_set.groups, released_set.counts, strict=True)
    return any(facts.groups[number].round != facts.groups[number].count_at(seq).figures.round for number, seq in counts)


def _released_figures(released_set: ReleasedSet) -> tuple[Sequence[int], Sequence[int], int]:
    return released_set.votes, released_set.rejected, released_set.papers


def _agreed_figures(facts: Facts, released_set: ReleasedSet) -> tuple[Sequence[int], Sequence[int], int] | None:
    """The figures of the set as its groups are agreed now, None while one of them is not."""
    agreed = [facts.groups[number].agreed for number in released_set.groups]
    figures = [count.figures for count in agreed if count is not None]
    if len(figures) != len(agreed):
        return None
    votes = tuple(map(sum, zip(*(f.votes for f in figures), strict=True)))
    rejected = tuple(map(sum, zip(*(f.rejected for f in figures), strict=True)))
    return votes, rejected, sum(f.papers for f in figures)
