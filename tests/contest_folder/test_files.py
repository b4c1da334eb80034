"""The files of a folder: as Excel writes them, missing, empty or in another encoding, with their problems together."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from results.formats.contest_folder import read_folder
from tests.contest_folder.folders import Make, problems


def test_it_says_that_there_is_no_folder(tmp_path: Path) -> None:
    (found,) = problems(tmp_path / "nowhere")
    assert "there is no such folder" in found


def test_it_loads_the_same_set_up_from_excels_files(make: Make) -> None:
    plain = read_folder(make()).folder
    for separator in ";\t":
        folder = make()
        for path in folder.iterdir():
            with path.open(newline="") as file:
                cells = list(csv.reader(file))
            with path.open("w", newline="", encoding="utf-8-sig") as file:
                csv.writer(file, delimiter=separator).writerows([*cells, [""] * 4])
        assert read_folder(folder).folder == plain


def test_it_collects_the_problems_of_all_files(make: Make) -> None:
    found = problems(
        make(
            ("contest.csv", "progress", "all"),
            ("boxes.csv", ",1500", ",x"),
            ("boxes.csv", "P1", "P 1"),
            ("wards.csv", ",1000", ",y"),
            ("candidates.csv", "CON", "XX"),
        )
    )
    assert len(found) == 5


@pytest.mark.parametrize("file", ["contest", "parties", "candidates", "wards", "boxes"])
def test_it_misses_a_file_once_and_an_empty_one_too(make: Make, file: str) -> None:
    assert problems(make(**{file: None})) == [f"{file}.csv: this file is missing"]
    assert problems(make(**{file: ""})) == [f"{file}.csv: this file is empty"]
    assert problems(make(**{file: "\n,,\n"})) == [f"{file}.csv: this file is empty"]


def test_it_refuses_lists_without_a_line(make: Make) -> None:
    assert problems(make(candidates="number,surname,forenames,party,description,person_id\n")) == [
        "candidates.csv: there is no candidate in this file: write a line for each"
    ]
    (first, *_) = problems(make(wards="gss,name,electorate\n", baseline=None))
    assert first == "wards.csv: there is no ward in this file: write a line for each"
    assert problems(make(heads="code,name\n")) == ["heads.csv: there is no head in this file: leave the file out"]


def test_it_names_the_line_that_is_not_utf_8(make: Make) -> None:
    folder = make()
    (folder / "wards.csv").write_bytes("gss,name,electorate\nE05002256,Péninsula,3000\n".encode("latin-1"))
    assert problems(folder)[0].startswith(
        "wards.csv line 2: this line is not UTF-8 (byte E9; if it is Windows text, it reads “Péninsula”): in Excel"
    )
