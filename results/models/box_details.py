"""Details of entries about boxes, their accounts and what the night amends of the set-up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .contest import Ward
from .hall import BallotPaperAccount, BoxContest, PostalSession
from .ledger import Detail, OnlyDetail
from .ranges import at_most


class BoxRegistration(OnlyDetail):
    """A box that the set-up did not know. The rows that it adds to the set-up must say the same."""

    box = models.ForeignKey(BoxContest, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(BallotPaperAccount, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    wards = models.CharField(max_length=1000, help_text="The GSS codes of its wards, with a space between.")
    place = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=200, blank=True)
    electors = models.PositiveIntegerField()
    entrusted = models.PositiveIntegerField(null=True)


class BoxCancellation(OnlyDetail):
    """A box of the list does not exist, or was never used."""

    box = models.OneToOneField(BoxContest, on_delete=models.PROTECT, related_name="+")


class ElectorateAmendment(OnlyDetail):
    """A ward has another number of electors than the set-up says."""

    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="+")
    electorate = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=at_most("electorate"), name="amended_electorate_in_range")]


class BoxArrival(OnlyDetail):
    """A box has come to the hall, and what came with it; what was not asked or not looked at is null."""

    box = models.ForeignKey(BoxContest, on_delete=models.PROTECT, related_name="+")
    account_received = models.BooleanField(null=True, help_text="Whether its ballot paper account came with it.")
    packets = models.PositiveIntegerField(null=True, help_text="Sealed packets that came with it.")
    packs_handed_in = models.PositiveIntegerField(null=True, help_text="Postal packs handed in at the station.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{field}__isnull": True}) | at_most(field), name=f"arrival_{field}_in_range"
            )
            for field in ("packets", "packs_handed_in")
        ]


class ArrivalUndoing(OnlyDetail):
    """A box was checked in by mistake: it is expected again."""

    box = models.ForeignKey(BoxContest, on_delete=models.PROTECT, related_name="+")


class SessionClosing(OnlyDetail):
    """An opening session of postal votes is over: its boxes hold all papers that it will ever hold."""

    session = models.ForeignKey(PostalSession, on_delete=models.PROTECT, related_name="+")


class PapersMoving(OnlyDetail):
    """Papers that lay in another contest's box go to where they belong: one act, an entry in each contest's ledger.

    `inward` is false in the ledger of the contest whose box they lay in, and true in that of the contest they are of.
    """

    box = models.ForeignKey(BoxContest, on_delete=models.PROTECT, related_name="+")
    other_contest = models.CharField(max_length=100, help_text="Its ballot paper id.")
    other_box = models.CharField(max_length=20)
    papers = models.PositiveIntegerField()
    inward = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(papers__gte=1) & at_most("papers"), name="moved_papers_in_range")
        ]


class PresidingOfficersFigures(OnlyDetail):
    """A ballot paper account as the presiding officer wrote it: entrusted = issued + unused + spoilt and replaced.

    `unused_counted` and `spoilt_counted` are what was counted in the hall beside it.
    """

    account = models.ForeignKey(BallotPaperAccount, on_delete=models.PROTECT, related_name="+")
    issued = models.PositiveIntegerField()
    unused = models.PositiveIntegerField()
    spoilt = models.PositiveIntegerField()
    tendered = models.PositiveIntegerField()
    unused_counted = models.PositiveIntegerField(null=True)
    spoilt_counted = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(condition=at_most(field), name=f"account_{field}_in_range")
                for field in ("issued", "unused", "spoilt", "tendered")
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{field}__isnull": True}) | at_most(field), name=f"account_{field}_in_range"
                )
                for field in ("unused_counted", "spoilt_counted")
            ),
        ]


class Verification(OnlyDetail):
    """Papers found in an account's boxes against papers expected; the variance is explained, and the counted figure
    stands (r.45).

    `papers_expected` is the issued figure of the account or, for a postal box, of its opening session's record.
    """

    class Reason(models.TextChoices):
        NONE = "", "No variance"
        ARITHMETIC = "arithmetic", "Arithmetic on the account"
        SECOND_BOX = "second_box", "Papers in another box"
        POSTAL_PAPERS = "postal_papers", "Postal papers in the box"
        COMPENSATING = "compensating", "Compensating errors within the polling place"
        UNEXPLAINED = "unexplained", "Not explained after a second count"

    account = models.ForeignKey(BallotPaperAccount, on_delete=models.PROTECT, related_name="+")
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


class BoxCount(Detail):
    """One count of the papers in a box; of successive counts the last stands."""

    box = models.ForeignKey(BoxContest, on_delete=models.PROTECT, related_name="+")
    attempt = models.PositiveSmallIntegerField(default=1)
    papers = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "box", "attempt"], name="box_count_once"),
            models.CheckConstraint(condition=at_most("papers"), name="box_count_in_range"),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="box_count_from_1"),
        ]
