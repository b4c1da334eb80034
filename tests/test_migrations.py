"""A new table is made at once: what is added to it afterwards costs SQLite a copy of it, and every new database seconds."""

from __future__ import annotations

from importlib import import_module

from django.db import models
from django.db.migrations.operations import AddConstraint, AddField, CreateModel, RunPython

from results.management.commands.makemigrations import whole_tables


def table(name: str, **fields: models.Field) -> CreateModel:
    return CreateModel(name, [("id", models.AutoField(primary_key=True)), *fields.items()])


def to(model: str) -> models.ForeignKey:
    return models.ForeignKey(model, models.PROTECT)


def once(model: str, *fields: str) -> AddConstraint:
    return AddConstraint(model, models.UniqueConstraint(fields=fields, name=f"{model}_once"))


def test_it_makes_a_table_after_those_it_refers_to_and_with_its_constraints() -> None:
    filled = RunPython(RunPython.noop)
    given = [
        table("Box", label=models.TextField()),
        table("Hall"),
        AddField("box", "hall", to("results.Hall")),
        once("box", "hall", "label"),
        once("older", "name"),
        filled,
    ]
    hall, box, *rest = whole_tables("results", given)
    assert isinstance(hall, CreateModel) and isinstance(box, CreateModel)
    assert (hall.name, [name for name, _ in box.fields]) == ("Hall", ["id", "label", "hall"])
    assert [constraint.name for constraint in box.options["constraints"]] == ["box_once"]
    assert rest == given[4:]


def test_it_adds_afterwards_what_lets_two_tables_refer_to_each_other() -> None:
    given = [
        table("Group"),
        table("Entry", group=to("results.Group")),
        AddField("group", "entry", to("results.Entry")),
        once("group", "entry"),
        once("entry", "group"),
    ]
    group, entry, *rest = whole_tables("results", given)
    assert isinstance(group, CreateModel) and isinstance(entry, CreateModel)
    assert (group.name, entry.name, rest) == ("Group", "Entry", given[2:4])
    assert [constraint.name for constraint in entry.options["constraints"]] == ["entry_once"]


def test_it_adds_nothing_in_our_migrations_that_could_have_been_made_at_once() -> None:
    operations = import_module("results.migrations.0001_initial").Migration.operations
    assert len(whole_tables("results", operations)) == len(operations), "remake it: `manage.py makemigrations results`"
