"""CSV files as offices save them: decoded, cut into cells, with every problem kept at its line and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import models

from results.formats.cells import (
    cleaned,
    made_a_date,
    made_a_number,
    name_of_column,
    spreadsheet_error,
    what_to_write,
    without_zeros,
)
from results.formats.spreadsheets import Unreadable, lines_of_cells
from results.models.ranges import MOST_PAPERS

_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WHOLE = re.compile(r"[0-9]{1,20}")
_AS_TEXT = (
    "a spreadsheet has made a date or a number of this. Format the column as Text, type what stands on the paper, "
    "and save again"
)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong, and where: line 0 speaks of the whole file, an empty column of the whole line."""

    file: str
    line: int
    column: str
    words: str

    def __str__(self) -> str:
        where = self.file + (f" line {self.line}" if self.line else "")
        if self.column:
            where += f", {'field' if self.file == 'contest.csv' else 'column'} {self.column}"
        return f"{where}: {self.words}"


def shown(value: str) -> str:
    """A value as a message quotes it: short, and with nothing that could write on a terminal by itself."""
    safe = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in value[:60])
    return f"“{safe}{'…' if len(value) > 60 else ''}”"


def longest(model: type[models.Model], field: str) -> int:
    """How many characters a column of the database holds."""
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
    problems: list[FileProblem]

    def refuse(self, column: str, words: str) -> None:
        """Keep a problem of this line."""
        self.problems.append(FileProblem(self.file, self.line, column, words))

    def value(self, column: str) -> str:
        """A cell as it was typed, without spaces and unseen marks around it; "" where there is no such column."""
        return cleaned(self.cells.get(column, ""))

    def blank(self, column: str) -> bool:
        """Whether the cell, or its whole column, holds nothing."""
        return not self.value(column)

    def _sound(self, column: str) -> str | None:
        """The value; None, with the problem kept, for an error of a spreadsheet."""
        value = self.value(column)
        if words := spreadsheet_error(value):
            self.refuse(column, f"{shown(value)}: {words}")
            return None
        return value

    def text(self, column: str, most: int, *, required: bool = True) -> str | None:
        """A text of at most `most` characters, without spaces around it, in NFC. Markup is text like any other."""
        value = self._sound(column)
        if value is None:
            return None
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
            self.refuse(column, f"{shown(value)} has {len(value)} characters: at most {most} are accepted")
            return None
        return value

    def whole(self, column: str, least: int = 0, most: int = MOST_PAPERS) -> int | None:
        """A whole number written in digits 0 to 9 alone, within its limits."""
        value = self._sound(column)
        if value is None:
            return None
        if not value:
            self.refuse(column, "this is empty: write a whole number")
            return None
        value = without_zeros(value)
        if not _WHOLE.fullmatch(value):
            self.refuse(column, f"{shown(value)} is not a whole number: {what_to_write(value)}")
            return None
        if not least <= int(value) <= most:
            self.refuse(column, f"{shown(value)} is not between {least:,} and {most:,}")
            return None
        return int(value)

    def choice(self, column: str, choices: Collection[str]) -> str | None:
        """One of a few words; capitals make no difference."""
        value = self._sound(column)
        if value is None:
            return None
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
            shortened = made_a_number(value)
            self.refuse(column, f"{shown(value)}: {_AS_TEXT if shortened else words}")
            return None
        if value and made_a_date(value):
            self.refuse(column, f"{shown(value)}: {_AS_TEXT}")
            return None
        return value


@dataclass(frozen=True, slots=True)
class Table:
    """A file cut into cells: the names of its columns, and its records with the lines they begin on."""

    file: str
    header: tuple[str, ...]
    records: tuple[tuple[int, tuple[str, ...]], ...]
    line: int = 1

    def rows(
        self,
        problems: list[FileProblem],
        required: Sequence[str],
        optional: Sequence[str] = (),
        *,
        ignore_others: bool = False,
    ) -> list[Row]:
        """The lines by column; columns missing, unknown or doubled are problems, and lines of another length."""
        found: list[FileProblem] = []
        columns = ", ".join((*required, *optional))
        for column in required:
            if column not in self.header:
                found.append(
                    FileProblem(self.file, self.line, "", f"the column {column} is missing: name it in this line")
                )
        for position, column in enumerate(self.header):
            if not column:
                words = f"column {position + 1} has values and no name: write one of {columns}"
                found.append(FileProblem(self.file, self.line, "", words))
            elif column in self.header[:position]:
                found.append(FileProblem(self.file, self.line, "", f"the column {shown(column)} is there twice"))
            elif not ignore_others and column not in (*required, *optional):
                words = f"the column {shown(column)} is unknown: write {columns}"
                found.append(FileProblem(self.file, self.line, "", words))
        problems += found
        if found:
            return []
        rows = []
        for line, cells in self.records:
            if words := self._wrong_length(cells):
                problems.append(FileProblem(self.file, line, "", words))
            else:
                rows.append(Row(self.file, line, dict(zip(self.header, cells, strict=False)), problems))
        return rows

    def _wrong_length(self, cells: tuple[str, ...]) -> str:
        """What is wrong with a line that has fewer cells than columns, or values beyond the last; "" where nothing is."""
        width = len(self.header)
        have = f"this line has {len(cells)} cells and the first line {width}"
        if len(cells) < width:
            return f"{have}: a comma may be missing"
        if not any(cell.strip() for cell in cells[width:]):
            return ""
        if any(sign in cell for cell in cells for sign in "“”„"):
            return (
                f'{have}: put a text that holds a comma between straight double quotes, "like, this", not “like, this”'
            )
        return f'{have}: put a text that holds a comma between double quotes, "like, this"'


def read_table(path: Path, problems: list[FileProblem]) -> Table | None:
    """The cells of a CSV file as a spreadsheet saved it (spreadsheets.py), or None with the problem kept.

    Lines without anything on them are passed over, and so are columns without a name and without a value.
    """
    try:
        records = lines_of_cells(path.read_bytes())
    except FileNotFoundError:
        problems.append(FileProblem(path.name, 0, "", "this file is missing"))
        return None
    except OSError as error:
        problems.append(FileProblem(path.name, 0, "", f"this file cannot be read ({error.strerror})"))
        return None
    except Unreadable as unreadable:
        problems.append(FileProblem(path.name, unreadable.line, "", unreadable.words))
        return None
    if not records:
        problems.append(FileProblem(path.name, 0, "", "this file is empty"))
        return None
    header = [name_of_column(cell) for cell in records[0][1]]
    while header and not header[-1]:
        header.pop()
    if len(header) == 1 and any(separator in records[0][1][0] for separator in ",;\t"):
        words = (
            "the whole line stands in one cell: in Excel, choose Data, “Text to Columns”, “Delimited”, and save again"
        )
        problems.append(FileProblem(path.name, records[0][0], "", words))
        return None
    return Table(path.name, *_named_columns(header, records[1:]), line=records[0][0])


def _named_columns(
    header: list[str], records: list[tuple[int, tuple[str, ...]]]
) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[str, ...]], ...]]:
    """Header and records without columns that have neither a name nor a value, and with cells that a spreadsheet left
    out at the end of a line: it does so where a column is empty in the whole file, and only there it is undone."""
    width = len(header)
    filled = [
        any(len(cells) > position and cells[position].strip() for _, cells in records) for position in range(width)
    ]
    padded = [
        (line, (*cells, *[""] * (width - len(cells))) if not any(filled[len(cells) :]) else cells)
        for line, cells in records
    ]
    dropped = {position for position in range(width) if not header[position] and not filled[position]}
    if not dropped:
        return tuple(header), tuple(padded)
    kept = tuple(name for position, name in enumerate(header) if position not in dropped)
    return kept, tuple(
        (line, tuple(cell for position, cell in enumerate(cells) if position not in dropped)) for line, cells in padded
    )
