"""wards.csv and baseline.csv: the wards, their electors, and the last result in them."""

from __future__ import annotations

import pytest

from tests.contest_folder.folders import Make, assert_said, problems


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("wards.csv", "E05002261", "E05002256", "wards.csv line 3, column gss: “E05002256” is there twice"),
        ("wards.csv", "River", "PENINSULA", "wards.csv line 3, column name: “PENINSULA” is there twice"),
        ("wards.csv", "E05002261", "e5", "“e5”: a GSS code is one capital letter and eight digits"),
        ("baseline.csv", "River,UKIP", "Lake,UKIP", "baseline.csv line 3, column ward: wards.csv has no ward “Lake”"),
        ("baseline.csv", "UKIP", "GREEN", "no party in parties.csv has the code “GREEN”"),
        (
            "baseline.csv",
            "River,UKIP",
            ",CON",
            "baseline.csv line 3, column party: “CON” is there twice for the contest",
        ),
    ],
)
def test_it_says_what_is_wrong_and_where(make: Make, file: str, old: str, new: str, message: str) -> None:
    assert_said(make, (file, old, new), message)


def test_it_wants_electors(make: Make) -> None:
    found = problems(make(wards="gss,name,electorate\nE05002256,Peninsula,0\nE05002261,River,0\n"))
    assert found == ["wards.csv, column electorate: no ward has an elector: write the electors on the register"]
