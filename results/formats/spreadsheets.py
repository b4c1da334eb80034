"""A file as a spreadsheet saved it, read into lines of cells: its encoding, its separator, and what is no CSV file at all."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass

MOST_BYTES = 10_000_000
SAVE_AS = "in Excel, choose Save as, “CSV UTF-8 (Comma delimited)”"
_SEPARATORS = ",;\t|"
_SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t|\s]*', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_UNICODE_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Unreadable(Exception):
    """Why a file cannot be cut into cells; line 0 speaks of the whole file."""

    line: int
    words: str


def lines_of_cells(data: bytes) -> list[tuple[int, tuple[str, ...]]]:
    """The lines that hold anything, each with its number in the file and its cells; Unreadable says what to do."""
    text = _text(data)
    skipped = 0
    first, rest = _first_line(text)
    separator = None
    if match := _SEP_LINE.fullmatch(first):
        # The line by which Excel is told the separator, and which it keeps in what it saves.
        separator, text, skipped = match[1], rest, 1
    if separator is None:
        separator = max(_SEPARATORS, key=_first_filled(text).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[tuple[int, tuple[str, ...]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((line + skipped, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error:
        words = "the cells of this line cannot be told apart: look for a double quote that is opened and not closed"
        raise Unreadable(line + skipped, words) from None
    return found


def _first_line(text: str) -> tuple[str, str]:
    """The text up to the first end of a line, whichever it is, and what follows."""
    match = _LINE_END.search(text)
    return (text[: match.start()], text[match.end() :]) if match else (text, "")


def _first_filled(text: str) -> str:
    return _first_line(text.lstrip("\r\n"))[0]


def _text(data: bytes) -> str:
    if words := _no_csv(data):
        raise Unreadable(0, words)
    if len(data) > MOST_BYTES:
        raise Unreadable(
            0, f"this file has {len(data) // 1_000_000:,} MB: a set-up file has at most {MOST_BYTES // 1_000_000} MB"
        )
    for mark, encoding in _UNICODE_MARKS:
        if data.startswith(mark):
            return _decoded(data.removeprefix(mark), encoding)
    if b"\0" in data[:1000]:
        raise Unreadable(0, f"this file is not text, or text of an encoding that is not marked: {SAVE_AS}")
    return _decoded(data, "utf-8")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        # A mark in the midst of a file comes of files that were put together.
        return data.decode(encoding).replace("\ufeff", "")
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise Unreadable(
                0, f"this file begins as {encoding[:6].upper()} and does not go on so: {SAVE_AS}"
            ) from None
        raise Unreadable(*_not_utf_8(data, error)) from None


def _not_utf_8(data: bytes, error: UnicodeDecodeError) -> tuple[int, str]:
    """The line, and how its word would read as Windows text: that is the likeliest, and yet a guess about a name."""
    before = data[: error.start]
    line = len(_LINE_END.findall(before.decode("utf-8"))) + 1
    begin = max(before.rfind(sign) for sign in (b"\n", b"\r", b",", b";", b"\t")) + 1
    word = re.split(rb"[\r\n,;\t]", data[begin:], maxsplit=1)[0].decode("cp1252", errors="replace").strip(' "')[:40]
    byte = f"{data[error.start]:02X}"
    safe = "".join(sign if sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in word)
    return line, f"this line is not UTF-8 (byte {byte}; if it is Windows text, it reads “{safe}”): {SAVE_AS}"


def _no_csv(data: bytes) -> str:
    """What a file is that is no text, in words that say how to make a CSV file of it; "" for what may be one."""
    if data.startswith(b"PK\x03\x04"):
        head = data[:4000]
        if b"opendocument.spreadsheet" in head:
            return "this is a LibreOffice workbook (.ods), not a CSV file: choose Save as, “Text CSV”, with UTF-8"
        if b"Index/" in head or b".iwa" in head:
            return "this is a Numbers workbook, not a CSV file: choose Export to, “CSV”, with UTF-8"
        return f"this is an Excel workbook (.xlsx), not a CSV file: {SAVE_AS}"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return f"this is an old Excel workbook (.xls), not a CSV file: {SAVE_AS}"
    if data.startswith(b"%PDF"):
        return "this is a PDF file, not a CSV file: save the table from the spreadsheet as CSV UTF-8"
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml|table|script)", data[:200], re.IGNORECASE):
        return "this is a web page, not a CSV file: download the file again, or save the table as CSV UTF-8"
    return ""
