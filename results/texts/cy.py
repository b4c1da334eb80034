"""The Welsh catalogue. It holds no text until a Welsh speaker has checked it: meanwhile a text is shown in English.

A plural gives six forms in the order of CLDR's categories: {papers:plural:zero:one:two:few:many:other}.
"""

from __future__ import annotations

PUBLIC: dict[str, str] = {}
TEXTS: dict[str, str] = {**PUBLIC}
