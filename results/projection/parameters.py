"""Every constant of the projection, with its reason. Standard deviations marked (C) are in units of the multinomial
scale C = diag(p) - pp': 0.20 means 10 points for a party at 50 %, 4 for one at 4 %. "Tuned" means: chosen on the
tuning elections (docs/projection.md), where neighbouring values do little worse."""

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
    swing_polled: float = 0.40  # nobody stood last time, and there is a poll
    swing_uninformed: float = 1.00  # neither baseline nor poll: shares anywhere between 0 and 1

    # Slopes of the change on the largest parties' last shares (C per unit of share): a swing that differs between
    # strongholds and the rest. Tuned.
    slope_parties: int = 4
    slope: float = 0.10
    # Slope on log size within the commonest type (C): small places vote otherwise. More extrapolates too boldly.
    size: float = 0.03
    size_most: float = 2.5  # log sizes are clipped at so many e-folds from the mean

    # Vote types (C): sd of a type without a baseline of its own, sd of one with it, on a quiet and on a wild night. Most
    # types differ little from the others beyond what they did last time; some differ wildly (Toronto 2023: advance and
    # mail by over 20 points in the lead), and nothing in the votes of other types tells which night it is. Quiet: tuned.
    types_quiet: tuple[float, float] = (0.06, 0.02)
    types_wild: tuple[float, float] = (0.30, 0.06)
    # How likely a wild night is: seldom where the last result is known by ward; as likely as not where it is known of
    # the contest alone or not at all, or once newcomers take a fifth of the votes and old habits tell nothing.
    wild: float = 0.10
    wild_unknown: float = 0.50
    newcomers_matter: float = 0.20

    # A grid of ward and unit deviations (C), weighted by how well they explain the counted units. Where the last result
    # is known by ward, a ward that differs as much as parties differ between wards is seldom; else it is the rule.
    ward: tuple[float, ...] = (0.02, 0.06)
    ward_uninformed: float = 0.20
    ward_uninformed_odds: float = 0.2
    # Unit deviations: omega, variance (C) times the root of the votes (regression.unit_noise).
    unit: tuple[float, ...] = (0.2, 0.7)
    unit_uninformed: float = 2.0
    # Heavy tails of the units' own errors, as a t of so many degrees of freedom: one odd place, or one group with its
    # figures under the wrong names, moves the rest less. Two rounds of reweighting come close enough. Tuned.
    unit_freedom: float = 8.0
    least_votes: float = 5.0  # a set of fewer votes is as noisy as one of five: shares of one vote are 0 or 1

    # The fraction of its last share that a losing party kept is counted as if this many votes more kept all of theirs.
    retention_votes: float = 800.0

    # What is out differs from what is in, for no reason the model knows: sd (C) per uncounted fraction. Tuned.
    late_difference: float = 0.025
    late_difference_uninformed: float = 0.07  # without ward baselines: places differ by all that parties differ
    # Units may come in the order of their own figures (the runner-up's best wards first). Then what is out differs
    # from what is in by more than their baselines do; this is how much of the worst case is allowed for. Tuned.
    order_guard: float = 0.75
    order_guard_most: float = 1.0  # of the baseline difference: a baseline that says nothing must not blow it up
    # ... and by this part of the change so far, in wards of which nothing is in. Tuned: without it four times as many
    # of the adverse nights are called wrongly.
    swing_guard: float = 0.35

    # Inverse-Wishart: degrees of freedom beyond the least, so that a few units do not decide the scale. Tuned.
    scale_freedom: int = 25
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

    # The desk's alarm: how unlikely the figures as a whole must be; how many times likelier with the two leading
    # candidates' figures exchanged (for any other pair, times the number of pairs), where those differ by so large a
    # part of the votes; and how many other counted sets, and votes in this one, it takes to say anything. Tuned with
    # each set of elections left out in turn, to 0.7 % false alarms in the one left out: room for elections unlike them.
    surprise_tail: float = 1e-3
    swap_odds: float = 20.0
    swap_least: float = 0.10
    surprise_least: int = 5
    surprise_votes: int = 100

    # The bar and the gates of the call (docs/projection.md, "The call").
    bar: float = 0.995
    keep_bar: float = 0.95  # to stand by a projection; of right ones on the tuning elections, 1 in 10 fell below `bar`
    stress: float = 1.5  # the spread is widened by this
    stress_bar: float = 0.98
    least_units: int = 5
    least_fraction: float = 0.05
    least_wards: float = 0.25
    most_unseen: float = 0.10
    unseen_below: float = 0.10  # a type is unseen while less of it is in than this times what is in of all votes
    changes: int = 2


DEFAULT = Parameters()
