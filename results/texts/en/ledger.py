"""Why the ledger did not record a submission (results/ledger)."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "forbidden.role": "This needs the {role:word}'s log-in.",
    "forbidden.appointment": "You have no role at {contest:raw}: ask the Returning Officer.",
    "forbidden.appointment_begins": "Your role at {contest:raw} begins on {at:day} at {at:time}: ask the Returning Officer.",
    "forbidden.appointment_ended": "Your role at {contest:raw} ended on {at:day} at {at:time}: ask the Returning Officer.",
    "forbidden.box_counted": "Group {group:raw}, which holds box {box:raw}, is counted already: ask a {role:word} to correct it.",
    "forbidden.figures_agreed": "The figures of group {group:raw} are agreed: ask a {role:word} to correct it.",
    "unknown.box": "There is no box {box:raw} in {contest:raw}.",
    "unknown.session": "There is no opening session “{session:raw}” in the set-up of {contest:raw}.",
    "unknown.group": "There is no group {group:raw} in {contest:raw}.",
    "conflict.recorded": "This form was recorded already, with other figures (entry {entry:raw}). Look at what was recorded, and send these anew if they are right.",
    "stale.box": "Box {box:raw} has changed since you opened this form (entry {entry:raw}). Your figures are kept: look at what was recorded, and send them anew if they still stand.",
    "stale.session": "The opening session “{session:raw}” was closed at {at:time} by {name:raw} (entry {entry:raw}).",
    "stale.account": "The account of {boxes:boxes} has changed since you opened this form (entry {entry:raw}). Your figures are kept: look at what was recorded, and send them anew if they still stand.",
    "stale.group": "Group {group:raw} has changed since you opened this form (entry {entry:raw}). Your figures are kept: look at what was recorded, and send them anew if they still stand.",
    "stale.policy": "What is public has changed since you opened this form (entry {entry:raw}). Your choice is kept: look at what was recorded, and choose again if it still stands.",
    "stale.revision": "What waits for release has changed since you opened this form (entry {entry:raw}). Your reason is kept: look at what was recorded, and release it again if it still stands.",
    "count.shape": "The sheet names other candidates: open the form anew.",
    "count.range": "Every figure is a whole number from 0 to {most:count}.",
    "count.papers_changed": "{papers:plural:paper is:papers are} verified in this group now: check the sheet against that, and send it again.",
    "release.nothing_waits": "These figures do not wait for a correction: look again at what is public.",
    "release.not_now": "Totals are not being released now: choose totals and let releases go on first.",
    "count.correction_without_reason": "These figures are public: say why they change. The reason is published with the correction.",
    "release.not_last": "These are not the groups that complete the contest: look again at what is public.",
    "release.last_without_reason": "Give the reason: say that the candidates have seen the result, or why it is public now.",
    "release.without_reason": "Give the reason: the difference shows how the papers that came or went were cast.",
    "word.counting_officer": "counting officer",
    "word.supervisor": "supervisor",
    "word.returning_officer": "returning officer",
}
