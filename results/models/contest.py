"""What is set up before the night: the election, its contests, parties, candidates, wards and the last result."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from .hall import Event
from .ranges import at_most


def new_epoch() -> str:
    """A name for a run of version numbers that no earlier run had."""
    return secrets.token_hex(8)


class Election(models.Model):
    """An election as Democracy Club knows it: contests counted together in one hall may belong to several."""

    election_id = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    poll_date = models.DateField()

    def __str__(self) -> str:
        return self.name


class Contest(models.Model):
    """One poll for one area: the unit of a ledger, of a board and of a declaration."""

    class Environment(models.TextChoices):
        LIVE = "live"
        REHEARSAL = "rehearsal"
        DEMO = "demo"
        RECONSTRUCTION = "reconstruction"

    class Publish(models.TextChoices):
        OFF = "off"
        PROGRESS = "progress"
        TOTALS = "totals"

    class VerifyFirst(models.TextChoices):
        """What must be verified before the votes of a group are counted."""

        OWN = "own", "the papers of the group's own boxes"
        AREA = "area", "all papers of all polls in the contest's area"
        DECLARE = "declare", "the group's own papers; all others before the declaration"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="contests")
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="contests")
    ballot_paper_id = models.CharField(
        max_length=200, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9.-]*$")]
    )
    name = models.CharField(max_length=200)
    gss = models.CharField(max_length=9, blank=True)
    kind_of_poll = models.CharField(max_length=20, help_text="One of results/polls.py.")
    nation = models.CharField(max_length=20)
    verify_first = models.CharField(max_length=10, choices=VerifyFirst.choices)
    seats = models.PositiveSmallIntegerField(default=1)
    environment = models.CharField(max_length=20, choices=Environment.choices)
    entries_required = models.PositiveSmallIntegerField(default=2)
    minimum_boxes = models.PositiveSmallIntegerField(default=2)
    minimum_papers = models.PositiveIntegerField(default=250)
    # Both are asked at set-up and have no default; on the night they change by ledger entries only.
    publish_at_setup = models.CharField(max_length=10, choices=Publish.choices)
    projection_at_setup = models.BooleanField()
    count_begins = models.DateTimeField(
        null=True, blank=True, help_text="When verification and count begin; empty: at the close of poll."
    )
    postal_electors = models.PositiveIntegerField(
        null=True, blank=True, help_text="Electors who vote by post, where they are known for the contest only."
    )
    planned_declaration = models.DateTimeField(null=True, blank=True)
    expected_time = models.BooleanField(
        default=False, help_text="Whether the page shows the software's estimate of when the count ends."
    )
    epoch = models.CharField(
        max_length=32, default=new_epoch, help_text="Changes when a backup is restored: clients start anew."
    )
    baseline_label = models.CharField(max_length=100, blank=True)
    staff: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Appointment", related_name="contests"
    )

    class Meta:
        constraints = [
            # Block vote, of the kinds of poll that have it (results/polls/table.py); the projection knows one winner.
            models.CheckConstraint(
                condition=Q(seats=1) | Q(seats__gt=1, kind_of_poll__in=["local_england", "local_wales", "parish"]),
                name="contest_seats_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(seats=1) | Q(projection_at_setup=False), name="contest_of_one_seat_is_projected"
            ),
            models.CheckConstraint(
                condition=Q(entries_required__gte=1, entries_required__lte=2), name="contest_entries_1_or_2"
            ),
            models.CheckConstraint(
                condition=Q(verify_first__in=["own", "area", "declare"]), name="contest_verify_first_known"
            ),
            models.CheckConstraint(condition=Q(minimum_boxes__gte=2), name="contest_release_has_two_boxes"),
            models.CheckConstraint(
                condition=Q(environment__in=["live", "rehearsal", "demo", "reconstruction"]),
                name="contest_environment_known",
            ),
            models.CheckConstraint(
                condition=Q(publish_at_setup__in=["off", "progress", "totals"]), name="contest_publish_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """A party, or "Independent", with the colour and the letters that mark its bars."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="parties")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40)
    initial = models.CharField(max_length=2)
    colour = models.CharField(max_length=7, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")])
    ec_id = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "code"], name="party_code_once_per_election")]

    def __str__(self) -> str:
        return self.short_name


class Candidate(models.Model):
    """A candidate, in the position that the ballot paper gives."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="candidates")
    number = models.PositiveSmallIntegerField()
    surname = models.CharField(max_length=100)
    forenames = models.CharField(max_length=100, blank=True)
    ballot_name = models.CharField(max_length=202)
    """The name as the ballot paper prints it, capitals and all: no program can tell McDonald's from Macdonald's."""
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="candidates")
    description = models.CharField(max_length=200, blank=True)
    person_id = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="candidate_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="candidate_number_from_1"),
            models.CheckConstraint(condition=~Q(ballot_name=""), name="candidate_ballot_name_given"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name as one says it: "Mark Reckless"."""
        return f"{self.forenames} {self.surname}".strip()


class Ward(models.Model):
    """A ward: the area by which electors, turnout and, where the groups allow it, votes are shown."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="wards")
    gss = models.CharField(max_length=9)
    name = models.CharField(max_length=100)
    electorate = models.PositiveIntegerField()
    postal_electors = models.PositiveIntegerField(null=True, blank=True, help_text="Of the electorate, where known.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "gss"], name="ward_once_per_contest"),
            models.CheckConstraint(condition=at_most("electorate"), name="ward_electorate_in_range"),
        ]

    def __str__(self) -> str:
        return self.name


class RejectionHead(models.Model):
    """A ground on which a ballot paper is rejected; the heads are data, since polls differ in them."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="heads")
    number = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    in_part = models.BooleanField(default=False, help_text="Such a paper is valid for some of its votes.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="head_number_once"),
            models.UniqueConstraint(fields=["contest", "code"], name="head_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BaselineVotes(models.Model):
    """A party's votes at the last poll, in one ward or, where no ward is given, in the whole contest."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="baseline")
    ward = models.ForeignKey(Ward, null=True, blank=True, on_delete=models.PROTECT, related_name="baseline")
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    votes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "ward", "party"], name="baseline_once"),
            models.UniqueConstraint(
                fields=["contest", "party"], condition=Q(ward__isnull=True), name="baseline_once_whole_contest"
            ),
            models.CheckConstraint(condition=at_most("votes"), name="baseline_votes_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.votes}"
