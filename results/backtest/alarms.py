"""How often the desk would be alarmed for nothing, and how often it would notice a swap.

Half of a contest's units are counted, in random order; some of those large enough to be spoken of are asked about, each
given the others. A false alarm is any word about figures that were right. Then the two leading candidates' figures are
exchanged in the unit: detected is what names that pair, or says that the figures are surprising.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from results.backtest.elections import Contest
from results.backtest.replay import generator
from results.projection import DEFAULT, Counted, CountedSet, Prediction, predictive

ASKED = 10
"""Units asked about in each contest."""
APART = 0.10
"""Only where the two candidates' shares differ by so much is a swap expected to be noticed."""


@dataclass(frozen=True)
class Alarms:
    """Counts over units: `asked`, of which `false` alarms; `swapped` figures, of which `detected`."""

    asked: int
    false: int
    swapped: int
    detected: int


def alarms(contest: Contest, type_baseline: bool, verified: bool, hear: Callable[[], None] = lambda: None) -> Alarms:
    """Ask about some of a contest's units as they were, and with the leading two exchanged; `hear` after each."""
    rng = generator(contest, "alarms")
    counted = rng.permutation(len(contest.units))[: len(contest.units) // 2]
    setup = contest.setup(rng, type_baseline, verified)
    sets = contest.sets()
    pair = tuple(int(k) for k in np.argsort(-contest.votes[counted].sum(axis=0), kind="stable")[:2])
    asked = false = swapped = detected = 0
    large = contest.votes.sum(axis=1) >= DEFAULT.surprise_votes
    for unit in counted[large[counted]][:ASKED]:
        key = contest.units[unit]
        others = tuple(sets[b] for b in counted if b != unit)
        prediction = predictive(setup, Counted((*others, sets[unit])), key)
        hear()
        asked += 1
        false += _alarmed(prediction)
        votes = list(sets[unit].votes)
        if abs(votes[pair[0]] - votes[pair[1]]) < APART * sum(votes):
            continue
        votes[pair[0]], votes[pair[1]] = votes[pair[1]], votes[pair[0]]
        prediction = predictive(setup, Counted((*others, CountedSet((key,), tuple(votes)))), key)
        swapped += 1
        names = {contest.candidates[k] for k in pair}
        detected += prediction.surprising or (
            prediction.swap is not None and {prediction.swap.first, prediction.swap.second} == names
        )
    return Alarms(asked, false, swapped, detected)


def _alarmed(prediction: Prediction) -> bool:
    return prediction.surprising or prediction.swap is not None
