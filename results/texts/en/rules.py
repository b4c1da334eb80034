"""What the rules find (results/rules): refusals, errors and warnings about figures."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "before_close_of_poll": "The poll closes at {at:time} on {at:day}: nothing is entered before.",
    "variance.more": "{papers:plural:paper:papers} more found than expected",
    "variance.fewer": "{papers:plural:paper:papers} fewer found than expected",
    "verification.variance_unexplained": "{variance:text}: count the box again; if the figure stands, choose a reason.",
    "verification.variance_without_words": "Say in a few words what explains the variance: agents read it on the statement as to verification.",
    "verification.reason_without_variance": "Papers found and expected are equal: leave the reason at “No variance”.",
    "verification.more_than_electors": "{papers:plural:paper:papers} found, and only {electors:plural:elector belongs:electors belong} to box {box:raw}.",
    "group.number_taken": "There is a group {group:raw} already.",
    "group.number_out_of_range": "Number the group from 1 to 9999.",
    "group.box_twice": "A box is named twice.",
    "group.box_unknown": "There is no box {box:raw}.",
    "group.box_taken": "Box {box:raw} is in group {group:raw} already.",
    "group.no_boxes": "Choose the boxes of the group.",
    "group.too_few_polling_boxes": "A group mixes the papers of two polling boxes or more, so that nobody's vote can be told from its box. Add a box, or give the Returning Officer's reason.",
    "count.before_verification": "Polls are combined: no votes are counted before every box is verified. {left:count} still to verify.",
    "count.group_waits": "Not yet verified in this group: {boxes:boxes}.",
    "gap.none": "every paper accounted for",
    "gap.missing": "{papers:plural:paper:papers} missing",
    "gap.too_many": "{papers:plural:paper:papers} too many",
    "gap.digits_swapped": "{gap:text}. The difference is divisible by 9: are two digits swapped?",
    "count.sum": "{accounted:count} of {papers:plural:paper:papers} accounted for: {gap:text}",
    "count.more_than_papers": "{name:raw}: more votes than the {papers:plural:paper:papers} in the group.",
    "count.doubtful": "{papers:plural:paper:papers} with adjudication: enter the sheet again when they are back.",
    "count.rejected_share": "{share:percent} of the papers are rejected: is that right?",
    "count.no_votes": "{name:raw} ({party:raw}) has no votes: is that right?",
    "count.same_figures": "Group {group:raw} has exactly the same votes: is this its sheet?",
    "count.sheet_used": "Sheet {sheet:raw} was entered for group {group:raw}.",
}
