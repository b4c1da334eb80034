"""What a supervisor finds who compares the readings of a sheet with the paper."""

from __future__ import annotations

from results.desk.forms.fields import ChosenField
from results.desk.forms.groups import ReasonForm

SHEET = "sheet"
_FOUND = ((SHEET, SHEET), ("1", "1"), ("2", "2"), ("1,2", "1,2"))


class ResolveForm(ReasonForm):
    """Which reading was mistyped, or that the sheet itself is wrong; with a reason, where the group is counted again."""

    found = ChosenField(label="label.found_by_sheet", choices=_FOUND, wrong="form.choose_found")

    @property
    def sheet_wrong(self) -> bool:
        """Whether no reading is to blame."""
        return bool(self.cleaned_data["found"] == SHEET)

    @property
    def mistyped(self) -> list[int]:
        """The readings that were mistyped."""
        found = self.cleaned_data["found"]
        return [] if found == SHEET else [int(reading) for reading in found.split(",")]
