"""The hall and what is physical: an event, its polling places and postal sessions, and their ballot boxes.

One event is one verification and count. Its contests may belong to different elections of Democracy Club's, since a
parliamentary and a local poll that are counted together have different ones.
"""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from .ranges import at_most


class Event(models.Model):
    """One verification and count: a hall, a close of poll, and the contests that are counted there."""

    event_id = models.CharField(max_length=200, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9.-]*$")])
    name = models.CharField(max_length=200)
    venue = models.CharField(max_length=200, blank=True)
    close_of_poll = models.DateTimeField(
        help_text="No figure of a vote is entered or shown before it (RPA 1983 s.66A)."
    )

    def __str__(self) -> str:
        return self.name


class DemoClock(models.Model):
    """A clock that plays a past night: night time = night_origin + (real time - real_origin) x speed.

    Kept in the database, so that a server that is killed wakes up at the right hour of the night.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="demo_clock")
    real_origin = models.DateTimeField()
    night_origin = models.DateTimeField()
    speed = models.FloatField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(speed__gt=0), name="demo_clock_runs_forward")]

    def __str__(self) -> str:
        return f"{self.event}: {self.speed:g} times as fast"


class PollingPlace(models.Model):
    """A building with one or more polling stations: compensating errors are looked for within it."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="places")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="place_name_once")]

    def __str__(self) -> str:
        return self.name


class PollingStation(models.Model):
    """A polling station: it has one or more boxes, and one ballot paper account for each contest."""

    place = models.ForeignKey(PollingPlace, on_delete=models.PROTECT, related_name="stations")
    name = models.CharField(max_length=200, blank=True, help_text="Empty where the place has one station only.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="station_name_once")]

    def __str__(self) -> str:
        return f"{self.place.name}, {self.name}" if self.name else self.place.name


class PostalSession(models.Model):
    """An opening session of postal votes: it puts its papers into sealed boxes, each with an account of its own."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="sessions")
    name = models.CharField(max_length=100)
    on_the_night = models.BooleanField(
        default=False, help_text="It opens the packs handed in at stations: verification waits until it is closed."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="session_name_once")]

    def __str__(self) -> str:
        return self.name


class BallotBox(models.Model):
    """A physical ballot box, of a polling station or of a postal session. It may hold papers of several contests."""

    class Kind(models.TextChoices):
        POLLING = "polling"
        POSTAL = "postal"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="boxes")
    label = models.CharField(max_length=20, validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*$")])
    kind = models.CharField(max_length=10, choices=Kind.choices)
    station = models.ForeignKey(PollingStation, null=True, blank=True, on_delete=models.PROTECT, related_name="boxes")
    session = models.ForeignKey(PostalSession, null=True, blank=True, on_delete=models.PROTECT, related_name="boxes")

    class Meta:
        verbose_name_plural = "ballot boxes"
        constraints = [
            models.UniqueConstraint(fields=["event", "label"], name="box_label_once"),
            models.CheckConstraint(
                condition=Q(kind="polling", station__isnull=False, session__isnull=True)
                | Q(kind="postal", station__isnull=True, session__isnull=False),
                name="box_comes_from_station_or_session",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def comes_from(self) -> tuple[str, str, str]:
        """Its kind, its place, and the station within the place or the session."""
        if self.station is not None:
            return self.kind, self.station.place.name, self.station.name
        return self.kind, "", str(self.session)

    @classmethod
    def come_from(
        cls, event: Event, label: str, kind: str, place: str, origin: str, on_the_night: bool = False
    ) -> BallotBox:
        """The event's box of this label, made with its station or opening session where it is not known yet.

        `origin` is the station within the place, or the session, which may be the one on the night.
        """
        known = cls.objects.filter(event=event, label=label).first()
        if known is not None:
            return known
        if kind == cls.Kind.POSTAL:
            made = {"on_the_night": on_the_night}
            session, _ = PostalSession.objects.get_or_create(event=event, name=origin, defaults=made)
            return cls.objects.create(event=event, label=label, kind=kind, session=session)
        at, _ = PollingPlace.objects.get_or_create(event=event, name=place)
        station, _ = PollingStation.objects.get_or_create(place=at, name=origin)
        return cls.objects.create(event=event, label=label, kind=kind, station=station)


class BallotPaperAccount(models.Model):
    """The account of one station's, or one postal box's, papers for one contest; it covers one box or several.

    `key` is the label of its first box. `entrusted` is known before the poll: issued + unused + spoilt and replaced
    (RPA 1983 Sch 1 r.43). What the presiding officer wrote comes by entries of the ledger.
    """

    contest = models.ForeignKey("results.Contest", on_delete=models.PROTECT, related_name="accounts")
    key = models.CharField(max_length=20)
    entrusted = models.PositiveIntegerField(null=True, blank=True)
    registered = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "key"], name="account_key_once"),
            models.CheckConstraint(
                condition=Q(entrusted__isnull=True) | at_most("entrusted"), name="account_entrusted_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.key}"


class BoxContest(models.Model):
    """The papers of one contest in one box: what is verified, and what a count group mixes.

    `registered` boxes were not in the set-up: an entry of the ledger brought them on the night.
    """

    contest = models.ForeignKey("results.Contest", on_delete=models.PROTECT, related_name="boxes")
    box = models.ForeignKey(BallotBox, on_delete=models.PROTECT, related_name="contests")
    account = models.ForeignKey(BallotPaperAccount, on_delete=models.PROTECT, related_name="boxes")
    position = models.PositiveIntegerField(help_text="The place in lists: the order of the set-up file.")
    electors = models.PositiveIntegerField()
    registered = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "boxes of contests"
        constraints = [
            models.UniqueConstraint(fields=["contest", "box"], name="box_once_per_contest"),
            models.UniqueConstraint(fields=["contest", "position"], name="box_position_once"),
            models.CheckConstraint(condition=at_most("electors"), name="box_electors_in_range"),
        ]

    def __str__(self) -> str:
        return self.box.label


class BoxWard(models.Model):
    """A ward whose papers a box holds: a polling station's box has one, a postal box one or several."""

    contest = models.ForeignKey("results.Contest", on_delete=models.PROTECT, related_name="+")
    box = models.ForeignKey(BoxContest, on_delete=models.PROTECT, related_name="box_wards")
    ward = models.ForeignKey("results.Ward", on_delete=models.PROTECT, related_name="box_wards")
    registered = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["box", "ward"], name="box_ward_once")]

    def __str__(self) -> str:
        return f"{self.box}: {self.ward}"
