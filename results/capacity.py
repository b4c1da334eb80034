"""How much one contest may hold, and so how many fields a form of the desk may have. Standard library only.

What loads can be entered: the readers of set-up files refuse more than these, and the server's limit of fields in one
request (countnight/settings.py) is made of the same numbers.
"""

from __future__ import annotations

MOST_CANDIDATES = 500
MOST_HEADS = 50
MOST_BOXES = 1000

OTHER_FIELDS = 100
"""Fields of a form beside these figures: token, submission, sheet number, reasons, the two more figures of a block vote, and
acknowledged warnings."""

MOST_FIELDS = max(MOST_CANDIDATES + MOST_HEADS, MOST_BOXES) + OTHER_FIELDS
"""A sheet has a field for each candidate and each head, the forming of a group one for each box that is ticked."""

MOST_GROUPS_TEXT = 6 * MOST_BOXES
"""Characters of a list of groups, "1,2,15": a group has a box at least, and a number of five digits at most."""
