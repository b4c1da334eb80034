"""Texts of results/polls: why a poll cannot be set up, in whole sentences that say what and why."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "polls.unknown_kind": "there is no kind of poll {kind:word}: write one of {kinds:word}",
    "polls.not_in_nation": "{kind:word}: there is no such poll in {nation:word}. Look at the kind of poll and at the GSS codes",
    "polls.one_seat": "{kind:word}: such a poll fills one seat, and {seats:count} are given. Write 1",
    "polls.no_projection": (
        "{seats:count} seats are filled by block vote, and the projection knows polls with one winner: write off"
    ),
    "polls.no_contest": (
        "{candidates:count} candidates stand for {seats:count} seats: they are elected without a poll. Look at both"
    ),
    "polls.supplementary_vote": (
        "this poll is by supplementary vote, where second preferences may be counted in a second round. countnight counts in "
        "one round: count this poll by other means"
    ),
    "polls.single_transferable_vote": (
        "this poll is by single transferable vote, where papers are transferred by their preferences. countnight counts in "
        "one round, without transfers: count this poll by other means"
    ),
    "polls.party_lists": (
        "this poll gives seats to parties’ lists. countnight counts votes for candidates: count this poll by other means"
    ),
    "word.england": "England",
    "word.wales": "Wales",
    "word.scotland": "Scotland",
    "word.northern_ireland": "Northern Ireland",
}
