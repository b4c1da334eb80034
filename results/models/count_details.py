"""Details of entries about count groups: their boxes, the readings of their sheets, and their agreement."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .contest import Candidate, Contest, RejectionHead
from .hall import BoxContest
from .ledger import Detail, LedgerEntry, OnlyDetail
from .ranges import at_most


class CountGroup(OnlyDetail):
    """Boxes whose papers are mixed and counted together: the unit of candidates' votes (r.45(1A))."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="groups")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="group_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=9999), name="group_number_in_range"),
        ]


class CountGroupBox(Detail):
    """A box in a group. `entry` is the one that formed the group."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="group_boxes")
    box = models.ForeignKey(BoxContest, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "box"], name="group_box_once")]


class GroupSending(OnlyDetail):
    """A group's papers went to be counted, at the table that is named."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=40, blank=True)


class GroupReopening(OnlyDetail):
    """A group is counted again, in another round; what was entered is kept."""

    class Purpose(models.TextChoices):
        SHEET_WRONG = "sheet_wrong", "The sheet was wrong"
        RECOUNT = "recount", "Recount"
        BUNDLE_CHECK = "bundle_check", "Bundle check"

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)


class ReadingReturn(OnlyDetail):
    """A supervisor looked at the sheet: this reading was mistyped, and its reader types it again."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="+")
    reading = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reading__gte=1, reading__lte=2), name="returned_reading_1_or_2")
        ]


class Adjudication(OnlyDetail):
    """What adjudication has returned of a group's doubtful papers so far, in all; CandidateVotes and RejectedPapers carry
    the figures. A later one of the same round replaces it."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    valid_papers = models.PositiveIntegerField(null=True, help_text="Of a block vote: papers with a vote or more.")
    unused_votes = models.PositiveIntegerField(default=0, help_text="Of a block vote: votes that papers did not use.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(round__gte=1), name="adjudication_round_from_1"),
            models.CheckConstraint(
                condition=Q(valid_papers__isnull=True) | at_most("valid_papers"), name="adjudication_valid_in_range"
            ),
            models.CheckConstraint(
                condition=at_most("unused_votes", 1_000_000_000), name="adjudication_unused_in_range"
            ),
        ]


class GroupChange(OnlyDetail):
    """A group is of other boxes than was said; CountGroupBox names them, under the same entry."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="+")


class GroupDissolution(OnlyDetail):
    """A group is dissolved; its boxes may be grouped anew."""

    group = models.OneToOneField(CountGroup, on_delete=models.PROTECT, related_name="dissolution")


class Count(OnlyDetail):
    """One entry of the figures on one group's sheet; CandidateVotes and RejectedPapers carry the figures."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="counts")
    round = models.PositiveSmallIntegerField(default=1)
    reading = models.PositiveSmallIntegerField(default=1, help_text="1 the first entry, 2 the independent second.")
    sheet = models.CharField(max_length=20)
    papers = models.PositiveIntegerField(help_text="Papers verified in the group, as the officer's form showed them.")
    doubtful = models.PositiveIntegerField(help_text="Papers with adjudication, neither a vote nor rejected yet.")
    valid_papers = models.PositiveIntegerField(null=True, help_text="Of a block vote: papers with a vote or more.")
    unused_votes = models.PositiveIntegerField(default=0, help_text="Of a block vote: votes that papers did not use.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_papers__isnull=True) | at_most("valid_papers"), name="count_valid_papers_in_range"
            ),
            models.CheckConstraint(condition=at_most("unused_votes", 1_000_000_000), name="count_unused_in_range"),
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
    objections = models.PositiveIntegerField(default=0, help_text="Of these, rejections that an agent objected to.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "head"], name="rejected_once_per_head"),
            models.CheckConstraint(condition=at_most("papers"), name="rejected_in_range"),
            models.CheckConstraint(
                condition=Q(objections__gte=0, objections__lte=models.F("papers")), name="rejected_objections_in_range"
            ),
        ]


class Agreement(OnlyDetail):
    """The figures of a group stand: AgreedReading names the readings that this rests on."""

    group = models.ForeignKey(CountGroup, on_delete=models.PROTECT, related_name="agreements")


class AgreedReading(Detail):
    """A reading that an agreement rests on: the entry of its count."""

    reading = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="agreed_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "reading"], name="agreed_reading_once")]
