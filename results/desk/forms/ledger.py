"""Which entries of the ledger are to be seen: by kind, person, box, group and time."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from results.facts.kinds import ALL
from results.models import BoxContest, Contest, LedgerEntry
from results.people import accounts
from results.texts.message import Message


class LedgerFilter(forms.Form):
    """Fields that are empty ask for nothing; together they must all hold."""

    kind = forms.ChoiceField(required=False)
    person = forms.ChoiceField(required=False)
    box = forms.ChoiceField(required=False)
    group = forms.IntegerField(
        required=False, min_value=1, max_value=9999, error_messages={"invalid": "form.no_number"}
    )
    since = forms.DateTimeField(required=False, error_messages={"invalid": "form.no_time"})
    until = forms.DateTimeField(required=False, error_messages={"invalid": "form.no_time"})

    def __init__(self, contest: Contest, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.contest = contest
        entries = LedgerEntry.objects.filter(contest=contest)
        spoken = set(entries.values_list("kind", flat=True).distinct())
        self.kinds = [(kind.KIND, Message(f"entry.{kind.KIND}")) for kind in ALL if kind.KIND in spoken]
        people = User.objects.filter(pk__in=entries.values("actor")).order_by("first_name", "username")
        self.people = [(str(user.pk), accounts.display_name(user)) for user in people]
        boxes = BoxContest.objects.filter(contest=contest).order_by("position").values_list("box__label", flat=True)
        self.boxes = list(boxes)
        for name, known in (
            ("kind", [code for code, _ in self.kinds]),
            ("person", [pk for pk, _ in self.people]),
            ("box", self.boxes),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(value, value) for value in known]

    def entries(self) -> QuerySet[LedgerEntry]:
        """The entries asked for; what cannot be understood asks for nothing, and is said beside its field."""
        asked = self.cleaned_data if self.is_bound and self.is_valid() else getattr(self, "cleaned_data", {})
        found = LedgerEntry.objects.filter(contest=self.contest)
        if kind := asked.get("kind"):
            found = found.filter(kind=kind)
        if person := asked.get("person"):
            found = found.filter(Q(actor=person) | Q(second_officer=person))
        if box := asked.get("box"):
            found = found.filter(Q(box__box__label=box) | Q(account__boxes__box__label=box)).distinct()
        if group := asked.get("group"):
            found = found.filter(group__number=group)
        if since := asked.get("since"):
            found = found.filter(recorded_at__gte=since)
        if until := asked.get("until"):
            found = found.filter(recorded_at__lte=until)
        return found
