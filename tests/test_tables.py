"""Whatever a spreadsheet does to a file is understood, or named with what to do: no file's content raises."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from results.formats.cells import cleaned, made_a_date, name_of_column, what_to_write, year_first
from results.formats.spreadsheets import MOST_BYTES
from results.formats.tables import FileProblem, Row, read_table

COLUMNS = ("box", "station", "electors")
PLAIN = 'box,station,electors\n1,"Hall, room 1",1476\nP3,Café,20\n'
EXPECTED = [("1", "Hall, room 1", 1476), ("P3", "Café", 20)]
LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


def read(folder: Path, data: bytes | str) -> tuple[list[tuple[object, ...]], list[str]]:
    """The rows of a file as box, station and electors, and the problems in words."""
    path = folder / "boxes.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    problems: list[FileProblem] = []
    table = read_table(path, problems)
    rows = table.rows(problems, COLUMNS) if table else []
    found = [
        (row.matching("box", LABEL, 20, "a box is named with letters"), row.text("station", 100), row.whole("electors"))
        for row in rows
    ]
    return found, [str(problem) for problem in problems]


def cell(column: str, value: str) -> tuple[Row, list[FileProblem]]:
    problems: list[FileProblem] = []
    return Row("boxes.csv", 2, {column: value}, problems), problems


# --- understood ------------------------------------------------------------------------------------------------------


def rewritten(separator: str, end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows(csv.reader(io.StringIO(PLAIN)))
    return out.getvalue()


UNDERSTOOD: dict[str, bytes | str] = {
    "as it is": PLAIN,
    "semicolons": rewritten(";"),
    "tabs": rewritten("\t"),
    "bars": rewritten("|"),
    "sep=; and semicolons": "sep=;\r\n" + rewritten(";"),
    "SEP=, in quotes": '"SEP=,"\r\n' + rewritten(","),
    "sep= with empty cells after it": "sep=;;;\r\n" + rewritten(";"),
    "sep=tab": "sep=\t\r\n" + rewritten("\t"),
    "sep= with a mark before it": "\ufeffsep=;\r\n" + rewritten(";"),
    "an end of line of CR alone": rewritten(",", "\r"),
    "CR alone and semicolons": rewritten(";", "\r"),
    "ends of lines of all kinds": PLAIN.replace("\n1", "\r\n1").replace("\nP3", "\rP3"),
    "quotes around everything": rewritten(",", quoting=csv.QUOTE_ALL),
    "UTF-8 with its mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "Unicode text of Excel": b"\xff\xfe" + rewritten("\t").encode("utf-16-le"),
    "Unicode text, the other order": b"\xfe\xff" + rewritten(";").encode("utf-16-be"),
    "UTF-32": b"\xff\xfe\0\0" + PLAIN.encode("utf-32-le"),
    "a mark in the midst": PLAIN.replace("\nP3", "\n\ufeffP3").replace("Café", "Ca\ufefffé"),
    "two marks": "\ufeff\ufeff" + PLAIN,
    "empty columns at the end": PLAIN.replace("\n", ",,,\n"),
    "an empty column in the midst": 'box,,station,electors\n1,,"Hall, room 1",1476\nP3,,Café,20\n',
    "empty rows": "\n\n" + PLAIN + ",,\n\n,,,,\n",
    "no end of the last line": PLAIN.rstrip(),
    "headers with spaces and capitals": PLAIN.replace("box,station,electors", " Box ,STATION,\u201cElectors\u201d"),
    "spaces that do not break around cells": PLAIN.replace("P3,Café,20", "\xa0P3\xa0,\u2009Café\xa0, 20\u202f"),
    "unseen marks around cells": PLAIN.replace("P3,Café,20", "\u200bP3,\u200bCafé\u2060,20\u200b"),
    "decimals that say nothing": PLAIN.replace("1476", "1476.0").replace(",20\n", ",20.00\n"),
    "leading zeros": PLAIN.replace("1476", "01476"),
    "an accent apart from its letter": PLAIN.replace("Café", "Cafe\u0301"),
}


@pytest.mark.parametrize("how", UNDERSTOOD)
def test_it_understands_what_a_spreadsheet_makes_of_a_file(tmp_path: Path, how: str) -> None:
    rows, problems = read(tmp_path, UNDERSTOOD[how])
    assert problems == []
    assert rows == EXPECTED


def test_it_keeps_the_numbers_of_lines_below_a_sep_line_and_empty_rows(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "sep=;\n\nbox;station;electors\n1;Hall;many\n")
    assert problems[0].startswith("boxes.csv line 4, column electors")
    _, problems = read(tmp_path, "sep=;\r\rbox;station;elektors\r1;Hall;1\r")
    assert problems[0].startswith("boxes.csv line 3: the column electors is missing")


def test_it_fills_cells_that_were_left_out_only_where_the_whole_column_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "candidates.csv"

    def rows(text: str) -> tuple[list[dict[str, str]], list[str]]:
        path.write_text(text)
        problems: list[FileProblem] = []
        table = read_table(path, problems)
        found = table.rows(problems, ("number", "name", "person_id")) if table else []
        return [dict(row.cells) for row in found], [str(problem) for problem in problems]

    found, problems = rows("number,name,person_id\n1,Ann,\n2,Bob\n")
    assert problems == [] and found[1] == {"number": "2", "name": "Bob", "person_id": ""}
    _, problems = rows("number,name,person_id\n1,Ann,17\n2,Bob\n")
    assert problems == ["candidates.csv line 3: this line has 2 cells and the first line 3: a comma may be missing"]


# --- named: files ----------------------------------------------------------------------------------------------------


def zipped(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.spreadsheet" if name == "mimetype" else "x")
    return data.getvalue()


NAMED: dict[str, tuple[bytes | str, str]] = {
    "an Excel workbook": (
        zipped("[Content_Types].xml", "xl/workbook.xml"),
        "boxes.csv: this is an Excel workbook (.xlsx)",
    ),
    "a LibreOffice workbook": (zipped("mimetype", "content.xml"), "boxes.csv: this is a LibreOffice workbook (.ods)"),
    "a Numbers workbook": (zipped("Index/Document.iwa"), "boxes.csv: this is a Numbers workbook"),
    "an old Excel workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "this is an old Excel workbook (.xls)"),
    "a PDF": (b"%PDF-1.7\n\xff\xff", "this is a PDF file"),
    "a web page": ("\n<!DOCTYPE html>\n<html>", "this is a web page, not a CSV file: download the file again"),
    "a table of HTML": ("<table><tr><td>box", "this is a web page"),
    "Windows text": (
        PLAIN.encode("cp1252"),
        "boxes.csv line 3: this line is not UTF-8 (byte E9; if it is Windows text, it reads “Café”): in Excel, choose Save as",
    ),
    "Windows text and CR alone": (
        PLAIN.replace("\n", "\r").encode("cp1252"),
        "boxes.csv line 3: this line is not UTF-8",
    ),
    "UTF-8 cut in a letter": (
        PLAIN.encode()[: PLAIN.encode().index(b"\xc3") + 1],
        "line 3: this line is not UTF-8 (byte C3",
    ),
    "UTF-16 without its mark": (
        PLAIN.encode("utf-16-le"),
        "not text, or text of an encoding that is not marked: in Excel",
    ),
    "UTF-16 cut in a letter": (b"\xff\xfe" + PLAIN.encode("utf-16-le")[:-1], "begins as UTF-16 and does not go on so"),
    "zeros": (bytes(300), "this file is not text"),
    "a line in one cell": ('"box,station,electors"\n"1,Hall,5"\n', "line 1: the whole line stands in one cell"),
    "curly quotes": (
        "box,station,electors\n1,“Hall, room 1”,5\n",
        "line 2: this line has 4 cells and the first line 3: put a text that holds a comma between straight double quotes",
    ),
    "a comma too many": ("box,station,electors\n1,Hall, room 1,5\n", 'between double quotes, "like, this"'),
    "a column without a name": (
        "box,,station,electors\n1,x,Hall,5\n",
        "line 1: column 2 has values and no name: write one of box, station, electors",
    ),
    "a quote not closed": ('box,station,electors\n1,"Hall,5\n', "line 2: the cells of this line cannot be told apart"),
    "no line": ("", "boxes.csv: this file is empty"),
    "a mark and no line": ("\ufeff\r\n", "boxes.csv: this file is empty"),
    "sep= and no line": ("sep=;\n", "boxes.csv: this file is empty"),
    "too much": (b"x" * (MOST_BYTES + 1), "this file has 10 MB: a set-up file has at most 10 MB"),
}


@pytest.mark.parametrize("what", NAMED)
def test_it_names_what_it_cannot_read_and_what_to_do(tmp_path: Path, what: str) -> None:
    data, words = NAMED[what]
    _, problems = read(tmp_path, data)
    assert any(words in problem for problem in problems), problems


def test_it_names_a_file_that_is_missing_or_a_folder(tmp_path: Path) -> None:
    problems: list[FileProblem] = []
    assert read_table(tmp_path / "none.csv", problems) is None
    (tmp_path / "folder.csv").mkdir()
    assert read_table(tmp_path / "folder.csv", problems) is None
    assert [str(problem) for problem in problems] == [
        "none.csv: this file is missing",
        "folder.csv: this file cannot be read (Is a directory)",
    ]


# --- named: values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1,476", "write 1476, without the comma"),
        ("1.476", "write 1476, without the point"),
        ("1 476", "write 1476, without the space"),
        ("1\u202f476", "write 1476, without the space"),
        ("1'476", "write 1476, without the apostrophe"),
        ("1,476.00", "write 1476, without the comma"),
        ("1.476,00", "write 1476, without the point"),
        ("1,234,567", "write 1234567, without the comma"),
        ("1.23E+04", "a spreadsheet has shortened it and digits may be lost"),
        ("1,2E+10", "a spreadsheet has shortened it and digits may be lost"),
        ("03-Jan", "a spreadsheet has made a date of it"),
        ("01/03/2026", "a spreadsheet has made a date of it"),
        ("1,47", "write digits only"),
        ("14.5", "write digits only"),
        ("-3", "write digits only"),
        ("(3)", "write digits only"),
        ("5%", "write digits only"),
        ("١٢", "write digits only"),
        ("²", "write digits only"),
    ],
)
def test_it_says_what_to_write_for_a_number(value: str, words: str) -> None:
    row, problems = cell("electors", value)
    assert row.whole("electors") is None
    assert words in str(problems[0]) and "is not a whole number" in str(problems[0])


@pytest.mark.parametrize(
    "value", ["#REF!", "#N/A", "#n/a", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"]
)
def test_it_names_a_spreadsheets_error_in_every_kind_of_cell(value: str) -> None:
    row, problems = cell("ward", value)
    for taken in (
        row.text("ward", 50),
        row.whole("ward"),
        row.choice("ward", ("yes", "no")),
        row.matching("ward", LABEL, 9, ""),
    ):
        assert taken is None
    assert len(problems) == 4
    assert {problem.words for problem in problems} == {
        f"“{value}”: this is a spreadsheet's error: mend the formula, or type the value, and save again"
    }


def test_it_names_a_column_that_was_too_narrow() -> None:
    row, problems = cell("electors", "#####")
    assert row.whole("electors") is None
    assert "the column was too narrow to show the value" in problems[0].words


def test_it_takes_names_that_only_resemble_errors() -> None:
    for value in ("#Hall", "#", "N/A", "Ref!"):
        row, problems = cell("station", value)
        assert row.text("station", 50) == value and problems == []


@pytest.mark.parametrize("value", ["03-Jan", "3-jan", "Mar-21", "01-Mar-2026", "3.00E+01", "1E+05"])
def test_it_names_a_label_of_which_a_spreadsheet_made_a_date_or_a_number(value: str) -> None:
    row, problems = cell("box", value)
    assert row.matching("box", LABEL, 20, "a box is named with letters") is None
    assert "a spreadsheet has made a date or a number of this. Format the column as Text" in problems[0].words


@pytest.mark.parametrize("value", ["3-1", "P3", "14", "Mar21", "JAN", "12-A", "1E5"])
def test_it_takes_labels_that_are_no_dates(value: str) -> None:
    row, problems = cell("box", value)
    assert row.matching("box", LABEL, 20, "") == value and problems == []


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("20/11/2014", "2014-11-20"),
        ("7/5/2026", "2026-05-07"),
        ("20/11/2014 22:00", "2014-11-20 22:00"),
        ("20/11/2014 22:00:00", "2014-11-20 22:00"),
        ("7/5/2026 9:05", "2026-05-07 09:05"),
        ("2014-11-20 22:00:00", "2014-11-20 22:00"),
        ("2014-11-20T22:00", "2014-11-20 22:00"),
        ("2014-11-20", "2014-11-20"),
        ("20/11/14", "20/11/14"),
        ("41963", "41963"),
        ("20/11/2014 22:00:30", "20/11/2014 22:00:30"),
    ],
)
def test_it_turns_days_first_to_years_first(value: str, iso: str) -> None:
    assert year_first(value) == iso


def test_it_reads_the_name_of_a_column_in_any_dress() -> None:
    for written in (
        "short_name",
        " Short Name",
        "SHORT-NAME",
        "“short name”",
        '"Short  name"',
        "short\xa0name",
        "\ufeffshort_name",
    ):
        assert name_of_column(written) == "short_name", written


# --- nothing raises --------------------------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
BYTES = st.one_of(
    st.binary(max_size=400),
    st.builds(
        lambda mark, body: mark + body,
        st.sampled_from(
            [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"PK\x03\x04", b"sep=;\n", b'sep="\n', b"sep=\n\n"]
        ),
        st.binary(max_size=200),
    ),
    st.text(st.sampled_from(list('box,station;electors\t\r\n"|=sep 1\xa0\ufeff“”')), max_size=200).map(str.encode),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=BYTES)
def test_it_never_raises_whatever_a_file_holds(tmp_path: Path, data: bytes) -> None:
    rows, problems = read(tmp_path, data)
    assert rows or problems or data.strip(b"\r\n")
    for problem in problems:
        assert "\n" not in problem and problem.startswith("boxes.csv")


@settings(max_examples=300, deadline=None)
@given(value=st.one_of(ANY_TEXT, st.from_regex(r"[#0-9/:.,E+\- ]{1,15}", fullmatch=True)))
def test_it_takes_or_names_whatever_a_cell_holds(value: str) -> None:
    row, problems = cell("x", value)
    number = row.whole("x")
    assert (number is None) == bool(problems)
    assert number is None or str(number) == cleaned(value).split(".")[0].lstrip("0") or number == 0
    row.text("x", 20), row.choice("x", ("yes", "no")), row.matching("x", LABEL, 20, "words")
    assert cleaned(cleaned(value)) == cleaned(value)
    assert what_to_write(value) and year_first(value) is not None and made_a_date(value) in (True, False)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(
            st.from_regex(r"[A-Z][0-9]{1,3}", fullmatch=True),
            st.text(st.characters(categories=("L", "N", "P"), exclude_characters="#"), min_size=1, max_size=20),
            st.integers(0, 10_000_000),
        ),
        min_size=1,
        max_size=6,
    ),
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    told=st.booleans(),
)
def test_it_reads_back_what_any_spreadsheet_writes(
    tmp_path: Path,
    cells: list[tuple[str, str, int]],
    separator: str,
    end: str,
    quoting: int,
    encoding: str,
    told: bool,
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([COLUMNS, *cells])
    text = (f"sep={separator}{end}" if told else "") + out.getvalue()
    rows, problems = read(tmp_path, text.encode(encoding))
    assert problems == []
    assert rows == [(box, cleaned(station), electors) for box, station, electors in cells]
