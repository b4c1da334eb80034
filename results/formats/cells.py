"""What a spreadsheet does to the value of a cell: undone where only one thing can be meant, else named with what to write."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_ERRORS = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|GETTING_DATA|#+)", re.IGNORECASE)
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATED = re.compile(rf"[0-9]{{1,2}}-({_MONTH})(-[0-9]{{2,4}})?|({_MONTH})-[0-9]{{1,4}}", re.IGNORECASE | re.ASCII)
_SLASHED = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}( [0-9:]+)?", re.ASCII)
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: ([0-9]{1,2}):([0-9]{2})(?::00)?)?", re.ASCII)
_SECONDS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2})(?::00)?", re.ASCII)
_SHORTENED = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?E[-+][0-9]+", re.IGNORECASE | re.ASCII)
_WITH_ZEROS = re.compile(r"([0-9]{1,20})\.0{1,2}", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([,.'’ ])[0-9]{3})(?:\1[0-9]{3})*(?:[.,]0{1,2})?", re.ASCII)
_SEPARATORS = {",": "comma", ".": "point", "'": "apostrophe", "’": "apostrophe", " ": "space"}


def cleaned(value: str) -> str:
    """A cell without the spaces and unseen marks around it, in NFC; spaces of every kind are plain ones."""
    value = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in value)
    before = None
    while value != before:
        before, value = value, value.strip().strip(_INVISIBLE)
    return unicodedata.normalize("NFC", value)


def name_of_column(value: str) -> str:
    """The name of a column as the readers know it: Short Name, “short-name” and short_name are one."""
    return re.sub(r"[\s_-]+", "_", cleaned(cleaned(value).strip("“”‘’\"'")).lower())


def spreadsheet_error(value: str) -> str | None:
    """What is wrong with a cell that holds an error of a spreadsheet, or the signs of a column too narrow to be read."""
    if not _ERRORS.fullmatch(value):
        return None
    if set(value) == {"#"}:
        return "the column was too narrow to show the value: make it wider and save again"
    return "this is a spreadsheet's error: mend the formula, or type the value, and save again"


def made_a_date(value: str) -> bool:
    """Whether a spreadsheet has made a day of a label, 03-Jan of 3-1."""
    return bool(_DATED.fullmatch(value) or _SLASHED.fullmatch(value))


def year_first(value: str) -> str:
    """20/11/2014 is 2014-11-20, and 20/11/2014 22:00:00 is 2014-11-20 22:00; what is written otherwise stays.

    A spreadsheet in the United Kingdom saves days so. Whoever reads them checks them against another date.
    """
    if match := _DAY_FIRST.fullmatch(value):
        day, month, year, hour, minute = match.groups()
        return f"{year}-{int(month):02d}-{int(day):02d}" + (f" {int(hour):02d}:{minute}" if hour else "")
    match = _SECONDS.fullmatch(value)
    return f"{match[1]} {match[2]}" if match else value


def made_a_number(value: str) -> bool:
    """Whether a spreadsheet has shortened a value, 1.23E+04 of 12345."""
    return bool(_SHORTENED.fullmatch(value))


def without_zeros(value: str) -> str:
    """1476.0 and 1476.00 are 1476; 1.000 stays, since it may be a thousand."""
    match = _WITH_ZEROS.fullmatch(value)
    return match[1] if match else value


def what_to_write(value: str) -> str:
    """What to write instead of a text that is no whole number in digits."""
    if match := _GROUPED.fullmatch(value):
        whole = re.sub(r"[.,]0{1,2}$", "", value) if re.search(r"[.,]0{1,2}$", value) else value
        return f"write {re.sub('[^0-9]', '', whole)}, without the {_SEPARATORS[match[1]]}"
    if made_a_number(value):
        return (
            "a spreadsheet has shortened it and digits may be lost. Format the column as a number without decimals, "
            "type it again and save"
        )
    if made_a_date(value):
        return "a spreadsheet has made a date of it. Format the column as a number, type it again and save"
    return "write digits only"
