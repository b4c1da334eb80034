"""What is known of Rochester and Strood, 20 November 2014: the official figures, and the hall's fixed facts.

Candidates, votes, electorate, rejected papers in all, postal voters and the number of polling stations were
published. Ward electorates, station names and the split of rejected papers by head were not: those here are plausible
stand-ins, and `results.demo.reconstruction` builds the rest of the night on them. A by-election of the Peninsula ward was
counted in the same hall: `results.demo.official_ward`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ELECTORATE = 79_163
POSTAL_VOTERS = 13_275
VALID = 40_065
REJECTED = 48
PAPERS = VALID + REJECTED
MAJORITY = 2_920

CONTEST = {
    "ballot_paper_id": "parl.rochester-and-strood.by.2014-11-20",
    "name": "Rochester and Strood",
    "election_id": "parl.2014-11-20",
    "election_name": "Rochester and Strood by-election",
    "poll_date": "2014-11-20",
    "close_of_poll": "2014-11-20 22:00",
    "event": "medway.2014-11-20",
    "event_name": "Medway, 20 November 2014",
    "venue": "Medway Park, Gillingham",
    "combined": "yes",
    "gss": "E14000898",
    "seats": "1",
    "environment": "reconstruction",
    "publish": "totals",
    "projection": "on",
    "minimum_papers": "250",
    "minimum_boxes": "2",
    "entries_required": "2",
    "baseline_label": "2010 general election",
    "planned_declaration": "2014-11-21 03:30",
    "expected_time": "on",
}


@dataclass(frozen=True)
class OfficialParty:
    """A party of the contest or of its baseline; `ec_id` is the Electoral Commission's, blank where not known."""

    code: str
    name: str
    short_name: str
    initial: str
    colour: str
    ec_id: str = ""


@dataclass(frozen=True)
class OfficialCandidate:
    """A candidate, the name as it stood on the ballot paper, and the votes officially declared for them."""

    surname: str
    forenames: str
    ballot_name: str
    party: str
    votes: int


@dataclass(frozen=True)
class OfficialWard:
    """A ward with its electorate, ballot-box turnout, distance in minutes from the hall, and stations.

    `shares` are the leanings of those who vote in person, in per cent: UKIP, Conservative, Labour, Green, Liberal
    Democrat. `stations` maps a station's name to its relative size. All but name and code are stand-ins.
    """

    gss: str
    name: str
    electorate: int
    turnout: float
    minutes: int
    shares: tuple[float, float, float, float, float]
    stations: dict[str, float]


@dataclass(frozen=True)
class OfficialPoll:
    """One contest of the night: its set-up, its parties and wards, and the result that was declared."""

    contest: Mapping[str, str]
    parties: tuple[OfficialParty, ...]
    candidates: tuple[OfficialCandidate, ...]
    rejected_by_head: Mapping[str, int]
    wards: tuple[OfficialWard, ...]
    baseline: Mapping[str, int] = field(default_factory=dict)

    @property
    def valid(self) -> int:
        """Votes of all candidates."""
        return sum(candidate.votes for candidate in self.candidates)

    @property
    def rejected(self) -> int:
        """Rejected papers under all heads."""
        return sum(self.rejected_by_head.values())

    @property
    def papers(self) -> int:
        """Valid and rejected papers."""
        return self.valid + self.rejected

    @property
    def majority(self) -> int:
        """By how many votes the first is before the second."""
        first, second, *_ = sorted((candidate.votes for candidate in self.candidates), reverse=True)
        return first - second


PARTIES = (
    OfficialParty("UKIP", "UK Independence Party (UKIP)", "UKIP", "U", "#6D3177", "PP85"),
    OfficialParty("CON", "Conservative Party", "Conservative", "C", "#0087DC", "PP52"),
    OfficialParty("LAB", "Labour Party", "Labour", "L", "#E4003B", "PP53"),
    OfficialParty("GREEN", "Green Party", "Green", "G", "#02A95B", "PP63"),
    OfficialParty("LD", "Liberal Democrats", "Lib Dem", "LD", "#FAA61A", "PP90"),
    OfficialParty("OMRLP", "Official Monster Raving Loony Party", "Loony", "ML", "#FFD700", "PP66"),
    OfficialParty("PBP", "People Before Profit", "People Before Profit", "PB", "#5A5A5A"),
    OfficialParty("BF", "Britain First", "Britain First", "BF", "#6E6E6E"),
    OfficialParty("PSP", "Patriotic Socialist Party", "Patriotic Socialist", "PS", "#969696"),
    OfficialParty("IND", "Independent", "Independent", "I", "#828282"),
    OfficialParty("ENGDEM", "English Democrats", "English Democrats", "ED", "#AAAAAA"),
)

# In ballot-paper order; the figures are the declared ones, 13,947 for Tolhurst and not the 13,974 of a news report.
CANDIDATES = (
    OfficialCandidate("Barker", "Mike", "BARKER, Mike", "IND", 54),
    OfficialCandidate("Challis", "Christopher", "CHALLIS, Christopher", "IND", 22),
    OfficialCandidate("Davidson", "Hairy Knorm", "DAVIDSON, Hairy Knorm", "OMRLP", 151),
    OfficialCandidate("Fransen", "Jayda", "FRANSEN, Jayda", "BF", 56),
    OfficialCandidate("Goldsbrough", "Stephen", "GOLDSBROUGH, Stephen", "IND", 69),
    OfficialCandidate("Gregory", "Clive", "GREGORY, Clive", "GREEN", 1_692),
    OfficialCandidate("Juby", "Geoff", "JUBY, Geoff", "LD", 349),
    OfficialCandidate("Khan", "Naushabah", "KHAN, Naushabah", "LAB", 6_713),
    OfficialCandidate("Long", "Nick", "LONG, Nick", "PBP", 69),
    OfficialCandidate("Osborn", "Dave", "OSBORN, Dave", "PSP", 33),
    OfficialCandidate("Reckless", "Mark", "RECKLESS, Mark", "UKIP", 16_867),
    OfficialCandidate("Rose", "Charlotte", "ROSE, Charlotte", "IND", 43),
    OfficialCandidate("Tolhurst", "Kelly", "TOLHURST, Kelly", "CON", 13_947),
)

BASELINE = {"CON": 23_604, "LAB": 13_651, "LD": 7_800, "ENGDEM": 2_182, "GREEN": 734}

# Only their sum is known.
REJECTED_BY_HEAD = {
    "want_of_official_mark": 2,
    "voting_for_more_than_one": 17,
    "identifying_mark": 3,
    "unmarked_or_void": 26,
}

WARDS = (
    OfficialWard(
        "E05002250",
        "Cuxton and Halling",
        4_312,
        0.550,
        22,
        (40.0, 42.0, 11.5, 5.0, 0.8),
        {
            "Cuxton Community Infants School": 1.2,
            "Halling Community Centre": 1.1,
            "Upper Halling Church Hall": 0.7,
        },
    ),
    OfficialWard(
        "E05002256",
        "Peninsula",
        10_868,
        0.545,
        40,
        (54.5, 29.0, 12.0, 2.8, 0.5),
        {
            "Hoo Village Hall, station 1": 1.3,
            "Hoo Village Hall, station 2": 1.3,
            "Hoo Infants School": 1.4,
            "Hoo Marina Clubhouse": 0.8,
            "High Halstow Memorial Hall": 1.1,
            "St Mary Hoo Church Room": 0.4,
            "Stoke Village Hall": 0.7,
            "Allhallows Village Hall": 1.0,
            "Grain Village Hall": 0.9,
        },
    ),
    OfficialWard(
        "E05002261",
        "River",
        6_947,
        0.470,
        6,
        (38.5, 32.5, 21.0, 5.4, 1.4),
        {
            "Brompton Parish Hall": 1.0,
            "Riverside Community Centre": 1.2,
            "Maritime Primary School": 1.2,
            "Dockside Church Hall": 0.8,
            "Star Hill Methodist Hall": 0.8,
        },
    ),
    OfficialWard(
        "E05002262",
        "Rochester East",
        7_418,
        0.440,
        12,
        (37.5, 26.5, 29.0, 4.8, 1.0),
        {
            "Delce Primary School": 1.1,
            "City Way Church Hall": 1.0,
            "East Rochester Library": 0.9,
            "Cornwall Road Scout Hut": 1.0,
        },
    ),
    OfficialWard(
        "E05002263",
        "Rochester South and Horsted",
        10_103,
        0.520,
        10,
        (42.0, 36.5, 15.5, 4.0, 1.0),
        {
            "Horsted Infant School": 1.1,
            "Warren Wood Community Hall": 1.2,
            "Maidstone Road Sports Pavilion": 0.9,
            "St Justus Church Hall": 1.0,
            "Davis Estate Community Centre": 1.0,
            "South Rochester Youth Centre": 0.8,
        },
    ),
    OfficialWard(
        "E05002264",
        "Rochester West",
        7_936,
        0.560,
        14,
        (33.0, 41.5, 14.5, 8.0, 1.6),
        {
            "Borstal Village Hall": 1.1,
            "Rochester Corn Exchange": 1.0,
            "St Margaret's Church Hall": 1.1,
            "Priestfields Pavilion": 0.9,
            "Castle View Community Room": 0.9,
        },
    ),
    OfficialWard(
        "E05002265",
        "Strood North",
        10_214,
        0.500,
        18,
        (45.5, 32.0, 17.5, 3.4, 0.7),
        {
            "Strood Community Centre": 1.1,
            "Hillside Primary School": 1.2,
            "Bryant Road Mission Hall": 0.8,
            "Broom Hill Church Hall": 1.0,
            "Bligh Junior School": 1.1,
            "Gravesend Road Scout Hut": 0.8,
        },
    ),
    OfficialWard(
        "E05002266",
        "Strood Rural",
        10_731,
        0.530,
        30,
        (49.0, 34.0, 12.5, 3.2, 0.6),
        {
            "Cliffe Memorial Hall": 1.2,
            "Cliffe Woods Community Centre": 1.2,
            "Wainscott Memorial Hall": 1.2,
            "Frindsbury Parish Hall": 1.1,
            "Chattenden Community Centre": 0.8,
            "Upnor Village Hall": 0.6,
            "Cooling Road Church Room": 0.7,
        },
    ),
    OfficialWard(
        "E05002267",
        "Strood South",
        10_634,
        0.460,
        20,
        (49.5, 26.5, 19.5, 3.0, 0.6),
        {
            "Temple Mill Primary School": 1.1,
            "Darnley Road Church Hall": 1.0,
            "Cedar Children's Centre": 0.9,
            "Earl Estate Community Centre": 1.1,
            "Knights Place Leisure Pavilion": 0.9,
        },
    ),
)

CONSTITUENCY = OfficialPoll(CONTEST, PARTIES, CANDIDATES, REJECTED_BY_HEAD, WARDS, BASELINE)
