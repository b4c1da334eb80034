"""The desk's screens (results/desk/views): what to do next, why figures wait, and pages without a form."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "step.look_at_group": "Group {group:raw} does not add up: look at the figures",
    "step.enter_again": "Group {group:raw} does not add up: enter the sheet again, or ask a supervisor",
    "step.enter_sheet": "Enter the sheet of group {group:raw}",
    "step.enter_sheet_of_many": "Enter the sheet of group {group:raw} ({ready:plural:group is:groups are} ready)",
    "step.verify_box": "Verify box {box:raw}",
    "step.verify_box_of_many": "Verify box {box:raw} ({arrived:plural:box has:boxes have} arrived)",
    "step.form_groups": "Form groups: {boxes:plural:verified box is:verified boxes are} in no group",
    "step.agreed_not_public": "Agreed and not public: {groups:groups}",
    "step.correction_waits": "A correction of public figures waits for you",
    "idle.complete": "Every box is in a group, and every group is agreed.",
    "idle.expected": "Nothing to do: {boxes:plural:box:boxes} still expected.",
    "idle.groups": "Nothing to do: a supervisor forms the next groups.",
    "waits.policy": "Totals are not public: no votes are released before the Returning Officer chooses so.",
    "waits.held": "New releases are on hold.",
    "waits.next_entry": "They are released with the next entry.",
    "waits.last": "They complete the contest: the candidates see them first, and the Returning Officer lets them go.",
    "waits.too_few": "A release needs at least {boxes:plural:box:boxes} of polling stations and {papers:plural:paper:papers}: these wait for the next agreed group.",
    "waits.rest_too_small": "Only {rest:plural:box:boxes} of polling stations would stay unreleased and could be read from the difference (at least {boxes:count} and {papers:plural:paper:papers} must): these wait for the next agreed group.",
    "revision.other_papers": "{now:plural:paper:papers}, as when released; but boxes were verified anew in between, and they need not be the same papers",
    "revision.papers": "{before:plural:paper:papers} when released, {now:plural:paper:papers} now",
    "find.nothing": "There is no box or group “{text:raw}” here.",
    "unknown.contest": "There is no such contest among yours.",
    "forbidden.groups": "Groups are formed by a supervisor.",
    "forbidden.count_agreed": "The figures of group {group:raw} are agreed: a supervisor corrects them, if they are wrong.",
    "logged_out.first": "Log in first.",
    "logged_out.earlier_login": "This page is from an earlier log-in, and nothing was recorded. Your figures are kept on this tablet.",
    "logged_out.now": "You are logged out, and nothing was recorded. Your figures are kept on this tablet.",
}
