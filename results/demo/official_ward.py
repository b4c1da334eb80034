"""What is known of the Peninsula ward by-election of Medway Council, counted in the same hall on the same night.

The votes by party were published. The candidates' names did not come with them, so that each stands here under the
description of a party, in the order of the alphabet; nor did rejected papers, their heads, or the ward's electorate, which
are plausible stand-ins.
"""

from results.demo import official
from results.demo.official import OfficialCandidate, OfficialPoll

CONTEST = {
    "ballot_paper_id": "local.medway.peninsula.by.2014-11-20",
    "name": "Peninsula ward",
    "election_id": "local.medway.2014-11-20",
    "election_name": "Medway Council by-election",
    "poll_date": "2014-11-20",
    "close_of_poll": "2014-11-20 22:00",
    "event": "medway.2014-11-20",
    "event_name": "Medway, 20 November 2014",
    "venue": "Medway Park, Gillingham",
    "combined": "yes",
    "gss": "E05002256",
    "seats": "1",
    "environment": "reconstruction",
    "publish": "progress",
    "projection": "off",
    "minimum_papers": "250",
    "minimum_boxes": "2",
    "entries_required": "2",
    "expected_time": "on",
}

CANDIDATES = (
    OfficialCandidate("Conservative candidate", "", "CONSERVATIVE candidate", "CON", 1_965),
    OfficialCandidate("Green candidate", "", "GREEN candidate", "GREEN", 314),
    OfficialCandidate("Labour candidate", "", "LABOUR candidate", "LAB", 716),
    OfficialCandidate("Liberal Democrat candidate", "", "LIBERAL DEMOCRAT candidate", "LD", 60),
    OfficialCandidate("UKIP candidate", "", "UKIP candidate", "UKIP", 2_850),
)

REJECTED_BY_HEAD = {
    "want_of_official_mark": 1,
    "voting_for_too_many": 6,
    "identifying_mark": 1,
    "unmarked_or_void": 10,
}

_STANDING = {candidate.party for candidate in CANDIDATES}

WARD = OfficialPoll(
    CONTEST,
    tuple(party for party in official.PARTIES if party.code in _STANDING),
    CANDIDATES,
    REJECTED_BY_HEAD,
    tuple(ward for ward in official.WARDS if ward.name == "Peninsula"),
)
