"""What officers said: the append-only ledger and the typed details that hang off its entries.

Every detail row names its entry, so that the hash of an entry covers every column of every row that belongs to it
(results/audit/chain.py). Triggers refuse to change or delete any of these rows (results/database/triggers.py).
"""

from __future__ import annotations

import os
import random
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .boxes import ContestBox
from .contest import Candidate, Contest, RejectionHead, at_most

_ids = random.Random(os.urandom(32))  # noqa: S311


def new_id() -> uuid.UUID:
    """A random UUID that no other row has.

    Not `uuid.uuid4`: it asks the kernel each time and lets other threads in, and a sheet has thirty rows. Nothing rests on
    these ids being secret.
    """
    return uuid.UUID(int=_ids.getrandbits(128), version=4)


class LedgerEntry(models.Model):
    """One thing that one person said, at its place in the contest's order."""

    # Made here and not by the database, so that the hash can cover every column before the row is written.
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=32, help_text="One of results/facts/kinds.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    submission_hash = models.CharField(max_length=64, help_text="What the submission said: another saying is refused.")
    box = models.ForeignKey(ContestBox, null=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("CountGroup", null=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    note = models.CharField(max_length=500, blank=True)
    definition_hash = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    mark = models.CharField(max_length=64, help_text="Of the hash, by a key that the database does not hold.")

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["contest", "seq"], name="entry_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="entry_seq_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.contest} entry {self.seq}: {self.kind}"


class Detail(models.Model):
    """A row that belongs to one entry of the ledger and is covered by its hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} of {self.entry}"


class OnlyDetail(Detail):
    """A detail of which an entry has one."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class BoxArrival(OnlyDetail):
    """A box has come to the hall."""

    contest_box = models.ForeignKey(ContestBox, on_delete=models.PROTECT, related_name="+")


class BallotPaperAccount(OnlyDetail):
    """The presiding officer's account: entrusted = issued + unused + spoilt and replaced (RPA 1983 Sch 1 r.43)."""

    contest_box = models.ForeignKey(ContestBox, on_delete=models.PROTECT, related_name="+")
    issued = models.PositiveIntegerField()
    unused = models.PositiveIntegerField()
    spoilt = models.PositiveIntegerField()
    tendered = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=at_most(field), name=f"account_{field}_in_range")
            for field in ("issued", "unused", "spoilt", "tendered")
        ]


class Verification(OnlyDetail):
    """Papers found in a box against papers expected; the variance is explained, and the counted figure stands (r.45).

    `papers_expected` is the issued figure of the account or, for a postal box, the record of the opening sessions.
    """

    class Reason(models.TextChoices):
        NONE = "", "No variance"
        ARITHMETIC = "arithmetic", "Arithmetic on the account"
        SECOND_BOX = "second_box", "Papers in another box"
        POSTAL_PAPERS = "postal_papers", "Postal papers in the box"
        COMPENSATING = "compensating", "Compensating errors within the polling place"
        UNEXPLAINED = "unexplained", "Not explained after a second count"

    contest_box = models.ForeignKey(ContestBox, on_delete=models.PROTECT, related_name="+")
    papers_expected = models.PositiveIntegerField()
    papers_found = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    explanation = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=at_most("papers_expected"), name="verification_expected_in_range"),
            models.CheckConstraint(condition=at_most("papers_found"), name="verification_found_in_range"),
            models.CheckConstraint(
                condition=Q(papers_found=models.F("papers_expected")) | ~Q(reason=""),
                name="verification_variance_has_reason",
            ),
        ]


class CountGroup(OnlyDetail):
    """Boxes whose papers are mixed and counted together: the unit of candidates' votes (r.45(1A))."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="groups")
    number = models.PositiveIntegerField()
    override_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="group_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=9999), name="group_number_in_range"),
        ]


class CountGroupBox(Detail):
    """A box in a group. `entry` is the one that formed the group."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="group_boxes")
    contest_box = models.ForeignKey(ContestBox, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "contest_box"], name="group_box_once")]


class GroupDissolution(OnlyDetail):
    """A group is taken apart; its boxes may be grouped anew."""

    group = models.OneToOneField(CountGroup, on_delete=models.PROTECT, related_name="dissolution")


class Count(OnlyDetail):
    """One entry of the figures on one group's sheet; CandidateVotes and RejectedPapers carry the figures."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="counts")
    round = models.PositiveSmallIntegerField(default=1)
    reading = models.PositiveSmallIntegerField(default=1, help_text="1 the first entry, 2 the independent second.")
    sheet = models.CharField(max_length=20)
    papers = models.PositiveIntegerField(help_text="Papers verified in the group, as the officer's form showed them.")
    doubtful = models.PositiveIntegerField(help_text="Papers with adjudication, neither a vote nor rejected yet.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=at_most("papers"), name="count_papers_in_range"),
            models.CheckConstraint(condition=at_most("doubtful"), name="count_doubtful_in_range"),
            models.CheckConstraint(condition=Q(round__gte=1), name="count_round_from_1"),
            models.CheckConstraint(condition=Q(reading__gte=1, reading__lte=2), name="count_reading_1_or_2"),
        ]


class CandidateVotes(Detail):
    """A candidate's votes on a sheet."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    votes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "candidate"], name="votes_once_per_candidate"),
            models.CheckConstraint(condition=at_most("votes"), name="votes_in_range"),
        ]


class RejectedPapers(Detail):
    """Papers rejected under one head on a sheet."""

    head = models.ForeignKey(RejectionHead, on_delete=models.PROTECT, related_name="+")
    papers = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "head"], name="rejected_once_per_head"),
            models.CheckConstraint(condition=at_most("papers"), name="rejected_in_range"),
        ]


class Acknowledgement(Detail):
    """A warning that the actor saw and confirmed: its code, with a key where one code warns of several ("count.no_votes.3")."""

    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "code"], name="acknowledged_once")]


class Agreement(OnlyDetail):
    """The figures of a group stand: AgreedReading names the readings that this rests on."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="agreements")


class AgreedReading(Detail):
    """A reading that an agreement rests on: the entry of its count."""

    reading = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="agreed_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "reading"], name="agreed_reading_once")]


class PolicyChange(OnlyDetail):
    """What the Returning Officer chose to make public from here on."""

    publish = models.CharField(max_length=10, choices=Contest.Publish.choices)
    projection = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(publish__in=["off", "progress", "totals"]), name="policy_publish_known")
        ]


class Hold(OnlyDetail):
    """New releases are stopped, or go on again; nothing already shown is hidden."""

    held = models.BooleanField()


class Release(OnlyDetail):
    """A set of groups whose figures became public together."""

    automatic = models.BooleanField()


class ReleasedGroup(Detail):
    """A group in a release, with the entry of the count that stood."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="+")
    count = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "group"], name="released_group_once")]


DETAILS: tuple[type[Detail], ...] = (
    BoxArrival,
    BallotPaperAccount,
    Verification,
    CountGroup,
    CountGroupBox,
    GroupDissolution,
    Count,
    CandidateVotes,
    RejectedPapers,
    Acknowledgement,
    Agreement,
    AgreedReading,
    PolicyChange,
    Hold,
    Release,
    ReleasedGroup,
)
"""Every table whose rows belong to an entry, in the order in which the hash takes them."""
