"""Kinds of poll as data: what the law fixes for each, and what this count cannot do yet. Standard library only.

`KINDS` is the table. A refusal is a code with arguments; results/texts puts it into words.
"""

from results.polls.refusals import Refusal, kind_of_ballot, method_by_law, nation_of, refusal, refusal_of_ballot
from results.polls.table import KINDS, PARLIAMENTARY_HEADS
from results.polls.types import Deposit, Head, KindOfPoll, MayAskRecount, Method, Nation, VerifyFirst

__all__ = [
    "KINDS",
    "PARLIAMENTARY_HEADS",
    "Deposit",
    "Head",
    "KindOfPoll",
    "MayAskRecount",
    "Method",
    "Nation",
    "Refusal",
    "VerifyFirst",
    "kind_of_ballot",
    "method_by_law",
    "nation_of",
    "refusal",
    "refusal_of_ballot",
]
