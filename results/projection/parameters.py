"""Every constant of the projection, with its reason. Standard deviations marked (C) are in units of the multinomial
scale C = diag(p) - pp': 0.20 means 10 points for a party at 50 %, 4 for one at 4 %."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """The model's constants; `DEFAULT` is what is published with."""

    # Baseline. A newcomer starts at a deposit-losing share; however many there are, the old parties keep most of it.
    newcomer_share: float = 0.04
    newcomers_most: float = 0.30
    # A newcomer may also win (by-elections): its scale in C, before votes are in, is that of a party at 10 %.
    newcomer_scale: float = 0.10

    # Swing of the whole contest (C): real swings between two elections rarely pass 15 points.
    swing: float = 0.20
    swing_newcomers: float = 0.40  # somebody stands of whom the last election says nothing
    swing_uninformed: float = 1.00  # neither baseline nor poll: shares anywhere between 0 and 1

    # Vote types (C). Toronto 2023: advance and mail differed from the day's votes by over 20 points in the lead.
    type_own_baseline: float = 0.025
    type_alone: float = 0.25
    type_alone_newcomers: float = 0.40  # once newcomers take a fifth of the votes, postal habits of old tell nothing
    newcomers_matter: float = 0.20

    # A grid of ward and unit deviations (C), weighted by how well they explain the counted units.
    ward: tuple[float, ...] = (0.02, 0.06)
    ward_uninformed: float = 0.20  # without ward baselines a ward differs by what parties differ between wards
    unit: tuple[float, ...] = (0.02, 0.06)
    unit_uninformed: float = 0.10
    # Unit noise per vote: neighbours vote alike, so a unit's votes are worth a sixth of independent ones.
    overdispersion: float = 6.0
    # What is out differs from what is in (boxes are not counted in random order): sd per uncounted fraction.
    late_difference: float = 0.05

    # Inverse-Wishart: degrees of freedom beyond the least, so that a few units do not decide the scale.
    scale_freedom: int = 12
    # The plug-in shares p of C: the baseline weighs like 400 votes, the counted like 2,000 at the most.
    scale_prior_votes: float = 400.0
    scale_counted_votes: float = 2000.0
    scale_least_share: float = 0.004  # keeps C regular for candidates with a handful of votes

    # Turnout: log-normal. UK by-elections and locals run from 30 to 55 %.
    turnout: float = 0.45
    turnout_sd: float = 0.10  # around an expected turnout somebody gave
    turnout_sd_unknown: float = 0.35
    turnout_type_sd: float = 0.30  # postal voters return their packs half as often again as others go to the poll
    turnout_unit_sd: float = 0.20
    # Rejected papers: about 3 in 1,000 in single-seat contests; the prior weighs like 1,000 papers.
    rejected_rate: float = 0.003
    rejected_weight: float = 1000.0

    # Simulation: antithetic, with one fixed seed, so that the display never quivers and replays agree.
    draws: int = 4000
    seed: int = 20141120

    # The bar and the gates of the call (docs: the call).
    bar: float = 0.995
    stress: float = 1.5  # the spread is widened by this
    stress_bar: float = 0.98
    least_units: int = 5
    least_fraction: float = 0.05
    least_wards: float = 0.25
    most_unseen: float = 0.10
    unseen_below: float = 0.10  # a type is unseen while less of it is in than this times what is in of all votes
    changes: int = 2


DEFAULT = Parameters()
