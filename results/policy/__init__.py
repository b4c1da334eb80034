"""What of the facts may be public. Pure, and the only way to anything public.

off       that there is a count, and nothing of it
progress  boxes in and verified, papers verified, groups counted; no votes
totals    the same, and the votes of released sets of groups

A release is a *set* of groups: together at least `minimum_boxes` boxes of polling stations and `minimum_papers` papers,
and what stays unreleased is nothing or again at least as much, so that no figure and no difference of figures speaks of
fewer. The set that completes a contest waits for the Returning Officer.
"""

from results.policy.areas import ward_areas
from results.policy.corrections import revisable, same_papers, withheld_revisions
from results.policy.releases import completes, enough, last_release, may_release, polling_boxes, releasable
from results.policy.showing import released
from results.policy.types import PublicBox, PublicGroup, Released

__all__ = [
    "PublicBox",
    "PublicGroup",
    "Released",
    "completes",
    "enough",
    "last_release",
    "may_release",
    "polling_boxes",
    "releasable",
    "released",
    "revisable",
    "same_papers",
    "ward_areas",
    "withheld_revisions",
]
