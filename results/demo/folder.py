"""A reconstructed night as a folder: the set-up as `load_contest` reads it, the official result, and the script."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from results.demo.script import ReconstructedBox, Reconstruction


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def files(reconstruction: Reconstruction) -> dict[str, str]:
    """The text of every file of the demo folder, by file name."""
    poll = reconstruction.poll
    numbered = list(enumerate(poll.candidates, start=1))
    names = {party.code: party.name for party in poll.parties}
    totals = {
        "electorate": sum(ward.electorate for ward in poll.wards),
        "papers": poll.papers,
        "valid": poll.valid,
        "rejected": poll.rejected,
        "majority": poll.majority,
    }
    lines = [
        json.dumps({"at": e.at.isoformat(), "officer": e.officer, "do": e.do, **e.details})
        for e in reconstruction.events
    ]
    found = {
        "contest.csv": _csv(("field", "value"), poll.contest.items()),
        "parties.csv": _csv(
            ("code", "name", "short_name", "initial", "colour", "ec_id"),
            [(p.code, p.name, p.short_name, p.initial, p.colour, p.ec_id) for p in poll.parties],
        ),
        "candidates.csv": _csv(
            ("number", "surname", "forenames", "ballot_name", "party", "description", "person_id"),
            [(n, c.surname, c.forenames, c.ballot_name, c.party, names[c.party], "") for n, c in numbered],
        ),
        "wards.csv": _csv(("gss", "name", "electorate"), [(w.gss, w.name, w.electorate) for w in poll.wards]),
        "boxes.csv": _csv(
            ("box", "kind", "ward", "place", "station", "electors", "entrusted"),
            [(b.label, b.kind, b.ward, *_place(b.station), b.electors, _entrusted(b)) for b in reconstruction.boxes],
        ),
        "official.csv": _csv(("number", "surname", "votes"), [(n, c.surname, c.votes) for n, c in numbered]),
        "official.json": json.dumps(totals, indent=2) + "\n",
        "night.jsonl": "\n".join(lines) + "\n",
    }
    if poll.baseline:
        last = [("", party, votes) for party, votes in poll.baseline.items()]
        found["baseline.csv"] = _csv(("ward", "party", "votes"), last)
    return found


def _place(station: str) -> tuple[str, str]:
    """The polling place of a station, and the station's own name where the place has several."""
    place, _, own = station.partition(", ")
    return place, own


def _entrusted(box: ReconstructedBox) -> int | str:
    """The papers that a polling station was given; a postal box has none."""
    account = box.account
    return account["issued"] + account["unused"] + account["spoilt"] if box.kind == "polling" else ""


def write(reconstruction: Reconstruction, folder: str | Path) -> None:
    """Write the reconstruction's files into `folder`, made if it is not there."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in files(reconstruction).items():
        (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
