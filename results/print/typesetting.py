"""A page's template and its data, set as PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

_TEMPLATES = Path(__file__).resolve().parent / "pages"


def as_pdf(page: str, data: Mapping[str, Any]) -> bytes:
    """The page of this name with its data, as PDF; every text of `data` is shown as it is, and never read as markup.

    System fonts are left out, so that it looks the same from every machine.
    """
    made = typst.compile(
        str(_TEMPLATES / f"{page}.typ"),
        root=str(_TEMPLATES),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made
