"""CSV files as offices save them: decoded, cut into cells, with every problem kept at its line and column."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import models

from results.models.contest import MOST_PAPERS

_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WHOLE = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: line 0 speaks of the whole file, an empty column of the whole line."""

    file: str
    line: int
    column: str
    words: str

    def __str__(self) -> str:
        place = self.file + (f" line {self.line}" if self.line else "")
        if self.column:
            place += f", {'field' if self.file == 'contest.csv' else 'column'} {self.column}"
        return f"{place}: {self.words}"


def shown(value: str) -> str:
    """A value as a message quotes it: short, and with nothing that could write on a terminal by itself."""
    safe = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in value[:60])
    return f"“{safe}{'…' if len(value) > 60 else ''}”"


def longest(model: type[models.Model], field: str) -> int:
    """How many characters a column of the database takes."""
    length = model._meta.get_field(field).max_length  # type: ignore[union-attr]
    assert isinstance(length, int)
    return length


def same(value: str) -> str:
    """The form in which two names are compared: capitals make no difference."""
    return unicodedata.normalize("NFC", value.casefold())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. Its methods give a cell's value, or None with the problem kept in `problems`."""

    file: str
    line: int
    cells: Mapping[str, str]
    problems: list[Problem]

    def refuse(self, column: str, words: str) -> None:
        """Keep a problem of this line."""
        self.problems.append(Problem(self.file, self.line, column, words))

    def blank(self, column: str) -> bool:
        """Whether the cell, or its whole column, holds nothing."""
        return not self.cells.get(column, "").strip()

    def text(self, column: str, most: int, *, required: bool = True) -> str | None:
        """A text of at most `most` characters, without spaces around it, in NFC. Markup is text like any other."""
        value = unicodedata.normalize("NFC", self.cells.get(column, "").strip())
        for character in value:
            if character in _BIDIRECTIONAL:
                self.refuse(
                    column,
                    f"{shown(value)} holds an invisible character (U+{ord(character):04X}) that turns the direction of "
                    "writing: type the text again",
                )
                return None
            if unicodedata.category(character) in ("Cc", "Zl", "Zp"):
                self.refuse(
                    column,
                    f"{shown(value)} holds a line break or another control character (U+{ord(character):04X}): "
                    "type the text again, on one line",
                )
                return None
        if not value and required:
            self.refuse(column, "this is empty: write something here")
            return None
        if len(value) > most:
            self.refuse(column, f"{shown(value)} has {len(value)} characters: at most {most} are taken")
            return None
        return value

    def whole(self, column: str, least: int = 0, most: int = MOST_PAPERS) -> int | None:
        """A whole number written in digits 0 to 9 alone, within its limits."""
        value = self.cells.get(column, "").strip()
        if not value:
            self.refuse(column, "this is empty: write a whole number")
            return None
        if not _WHOLE.fullmatch(value):
            self.refuse(column, f"{shown(value)} is not a whole number: write digits only")
            return None
        if not least <= int(value) <= most:
            self.refuse(column, f"{shown(value)} is not between {least:,} and {most:,}")
            return None
        return int(value)

    def choice(self, column: str, choices: Collection[str]) -> str | None:
        """One of a few words; capitals make no difference."""
        value = self.cells.get(column, "").strip()
        if value.lower() in choices:
            return value.lower()
        *first, last = choices
        words = f"{', '.join(first)} or {last}"
        self.refuse(column, f"{shown(value)} is not known: write {words}" if value else f"this is empty: write {words}")
        return None

    def matching(
        self, column: str, pattern: re.Pattern[str], most: int, words: str, *, required: bool = True
    ) -> str | None:
        """A text of one form; `words` say which."""
        value = self.text(column, most, required=required)
        if value and not pattern.fullmatch(value):
            self.refuse(column, f"{shown(value)}: {words}")
            return None
        return value


@dataclass(frozen=True, slots=True)
class Table:
    """A file cut into cells: the names of its columns, and its records with the lines they begin on."""

    file: str
    header: tuple[str, ...]
    records: tuple[tuple[int, tuple[str, ...]], ...]

    def rows(
        self,
        problems: list[Problem],
        required: Sequence[str],
        optional: Sequence[str] = (),
        *,
        ignore_others: bool = False,
    ) -> list[Row]:
        """The lines by column; columns missing, unknown or doubled are problems, and lines of another length."""
        found: list[Problem] = []
        for column in required:
            if column not in self.header:
                found.append(Problem(self.file, 1, "", f"the column {column} is missing"))
        for place, column in enumerate(self.header):
            if column in self.header[:place]:
                found.append(Problem(self.file, 1, "", f"the column {shown(column)} is there twice"))
            elif not ignore_others and column not in (*required, *optional):
                columns = ", ".join((*required, *optional))
                found.append(Problem(self.file, 1, "", f"the column {shown(column)} is unknown: take {columns}"))
        problems += found
        if found:
            return []
        rows = []
        for line, cells in self.records:
            width = len(self.header)
            if len(cells) < width:
                words = f"this line has {len(cells)} cells and the first line {width}: a comma may be missing"
                problems.append(Problem(self.file, line, "", words))
            elif any(cell.strip() for cell in cells[width:]):
                words = (
                    f"this line has {len(cells)} cells and the first line {width}: "
                    'put a text that holds a comma between double quotes, "like, this"'
                )
                problems.append(Problem(self.file, line, "", words))
            else:
                named = dict(zip(self.header, cells, strict=False))
                rows.append(Row(self.file, line, named, problems))
        return rows


def _decoded(path: Path, problems: list[Problem]) -> str | None:
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        problems.append(Problem(path.name, 0, "", "this file is missing"))
        return None
    except OSError as error:
        problems.append(Problem(path.name, 0, "", f"this file cannot be read ({error.strerror})"))
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = "this line is not UTF-8: in Excel, choose Save as, “CSV UTF-8 (Comma delimited)”"
        problems.append(Problem(path.name, line, "", words))
        return None


def read_table(path: Path, problems: list[Problem]) -> Table | None:
    """The cells of a CSV file, separated by commas or, as Excel may write it, by semicolons or tabs; or None.

    UTF-8 with or without a byte order mark. Lines without anything on them are passed over.
    """
    text = _decoded(path, problems)
    if text is None:
        return None
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    records: list[tuple[int, tuple[str, ...]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error:
        words = "the cells of this line cannot be told apart: look for a double quote that is opened and not closed"
        problems.append(Problem(path.name, line, "", words))
        return None
    if not records:
        problems.append(Problem(path.name, 0, "", "this file is empty"))
        return None
    header = [cell.strip().lower() for cell in records[0][1]]
    while header and not header[-1]:
        header.pop()
    return Table(path.name, tuple(header), tuple(records[1:]))
