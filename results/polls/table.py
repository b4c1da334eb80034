"""The table: one kind of poll a row, with the law that each figure rests on.

"read" stands beside a figure where the text of the law or of the Electoral Commission's guidance was opened, "memory"
where it was not. docs/polls.md shows the table, and a test keeps both alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from results.polls.types import Deposit, Head, KindOfPoll, MayAskRecount, Nation, VerifyFirst

_NO_MARK = Head("want_of_official_mark", "Want of official mark")
_MORE_THAN_ONE = Head("voting_for_more_than_one", "Voting for more than one candidate")
_TOO_MANY = Head("voting_for_too_many", "Voting for more candidates than the voter was entitled to")
_BOTH_ANSWERS = Head("voting_for_both_answers", "Voting for more than one answer")
_IDENTIFIED = Head("identifying_mark", "Writing or mark by which the voter could be identified")
_UNMARKED_OR_VOID = Head("unmarked_or_void", "Unmarked or void for uncertainty")
_UNMARKED_OR_WHOLLY_VOID = Head("unmarked_or_void", "Unmarked or wholly void for uncertainty")
_UNMARKED = Head("unmarked", "Unmarked")
_VOID = Head("void_for_uncertainty", "Void for uncertainty")
_IN_PART = Head("rejected_in_part", "Rejected in part")

_E, _W, _S, _N = Nation
_RO = "Returning Officer"
_CANDIDATE_OR_AGENT = (MayAskRecount.CANDIDATE, MayAskRecount.ELECTION_AGENT)
_ALSO_COUNTING_AGENT = (*_CANDIDATE_OR_AGENT, MayAskRecount.COUNTING_AGENT)
_ENGLAND_AND_WALES = {_E: VerifyFirst.AREA, _W: VerifyFirst.AREA}
# Combined polls, local: Schedule 3 of each set of rules, r.45 (r.47 for mayors, r.50 for combined authorities), as the
# Electoral Commission's guidance for Returning Officers cites them (guidance read). Of the rules themselves, as made:
# S.I. 2006/3304 r.45(1) what is verified (read); S.I. 2007/1024 r.47(2) votes are counted after that (read).

# RPA 1983 Sch 1: r.46 recount (read as in force on 15 September 2014), r.50 the result is returned to the Clerk of the
# Crown and r.51 by a certificate on the writ (read as on 30 April 2012), r.53 the deposit is returned or forfeited (read
# as on 2 April 2020 up to paragraph 4; the twentieth and the sum, r.9, memory), r.18 and 44 (read). r.45(3A) and 53ZA
# four hours (read as the Bill's clause was quoted in 2010; the rules themselves memory). r.47(3) heads (memory).
# Verification where polls are combined: in England and Wales counting may begin earlier than in a local poll, and the
# result waits for it: S.I. 2004/294 Sch 2 para 22 and 24A, by S.I. 2015/654 (its note read). In Scotland it may not begin
# (S.I. 2001/497, memory).
_PARLIAMENT = KindOfPoll(
    code="parliament",
    name="UK parliamentary election",
    law="Representation of the People Act 1983, Schedule 1",
    officer={
        _E: "(Acting) Returning Officer",
        _W: "(Acting) Returning Officer",
        _S: _RO,
        _N: "Chief Electoral Officer",
    },
    heads=(_NO_MARK, _MORE_THAN_ONE, _IDENTIFIED, _UNMARKED_OR_VOID),
    may_ask_recount=_CANDIDATE_OR_AGENT,
    verify_first={_E: VerifyFirst.DECLARE, _W: VerifyFirst.DECLARE, _S: VerifyFirst.AREA, _N: VerifyFirst.AREA},
    deposit=Deposit(500),
    four_hour_statement=True,
    writ=True,
)

# S.I. 2006/3304 Sch 2: r.47 heads, r.46 recount (memory; the heads as councils print them were read).
_LOCAL_ENGLAND = KindOfPoll(
    code="local_england",
    name="Local election (England)",
    law="Local Elections (Principal Areas) (England and Wales) Rules 2006, S.I. 2006/3304",
    officer={_E: _RO},
    heads=(_NO_MARK, _TOO_MANY, _IDENTIFIED, _UNMARKED_OR_WHOLLY_VOID),
    may_ask_recount=_CANDIDATE_OR_AGENT,
    verify_first=_ENGLAND_AND_WALES,
    several_seats=True,
    rejected_in_part=_IN_PART,
)

# W.S.I. 2021/1459, in force for polls from 5 May 2022 in place of the rules of 2006 (note read); Sch 2 r.60 void papers
# and papers rejected in part (read); recount (memory). A council may choose STV: r.21(2) (read).
_LOCAL_WALES = KindOfPoll(
    code="local_wales",
    name="Local election (Wales)",
    law="Local Elections (Principal Areas) (Wales) Rules 2021, S.I. 2021/1459 (W. 374)",
    officer={_W: _RO},
    heads=(_NO_MARK, _TOO_MANY, _IDENTIFIED, _UNMARKED_OR_WHOLLY_VOID),
    may_ask_recount=_CANDIDATE_OR_AGENT,
    verify_first=_ENGLAND_AND_WALES,
    several_seats=True,
    rejected_in_part=_IN_PART,
)

# S.I. 2006/3305 Sch 2 r.15 several seats (read), r.46 and 47 (memory); communities in Wales since 2022 by the Local
# Elections (Communities) (Wales) Rules 2021 (named in the Electoral Commission's list, read). No election agents.
_PARISH = KindOfPoll(
    code="parish",
    name="Parish or community election",
    law="Local Elections (Parishes and Communities) (England and Wales) Rules 2006, S.I. 2006/3305",
    officer={_E: _RO, _W: _RO},
    heads=(_NO_MARK, _TOO_MANY, _IDENTIFIED, _UNMARKED_OR_WHOLLY_VOID),
    may_ask_recount=(MayAskRecount.CANDIDATE,),
    verify_first=_ENGLAND_AND_WALES,
    several_seats=True,
    rejected_in_part=_IN_PART,
)

# S.I. 2007/1024 Sch 1: r.51 statement, lot, one seat (read as made), r.48 heads (read as made, when they spoke of first
# preferences), deposit of £500 (explanatory note read), its share and recount (memory). Supplementary vote: provided for
# by the English Devolution and Community Empowerment Act 2026 s.63; the day for these mayors was not found, so that of
# the combined authorities' is taken.
_SUPPLEMENTARY_AGAIN = date(2026, 6, 18)
_MAYOR = KindOfPoll(
    code="mayor",
    name="Mayor of a local authority",
    law="Local Authorities (Mayoral Elections) (England and Wales) Regulations 2007, S.I. 2007/1024",
    officer={_E: _RO, _W: _RO},
    heads=(_NO_MARK, _MORE_THAN_ONE, _IDENTIFIED, _UNMARKED_OR_VOID),
    may_ask_recount=_ALSO_COUNTING_AGENT,
    verify_first=_ENGLAND_AND_WALES,
    deposit=Deposit(500),
    supplementary_from=_SUPPLEMENTARY_AGAIN,
)

# S.I. 2017/67 Sch 1: r.54 local totals told to the combined authority returning officer (read as made), r.10 deposit
# (named in r.5, read; the sum: ministers' answer in Parliament, read). Supplementary vote from 18 June 2026: Commencement
# No. 1 and Saving Regulations 2026 (a report of them read).
_COMBINED_MAYOR = KindOfPoll(
    code="combined_mayor",
    name="Mayor of a combined (county) authority",
    law="Combined Authorities (Mayoral Elections) Order 2017, S.I. 2017/67",
    officer={_E: "Combined Authority Returning Officer"},
    heads=(_NO_MARK, _MORE_THAN_ONE, _IDENTIFIED, _UNMARKED_OR_VOID),
    may_ask_recount=_ALSO_COUNTING_AGENT,
    verify_first=_ENGLAND_AND_WALES,
    local_officer=_RO,
    deposit=Deposit(5000),
    supplementary_from=_SUPPLEMENTARY_AGAIN,
)

# S.I. 2012/1917 Sch 3: r.53(7) five heads (read as in force from 16 January 2023), r.31(2) one counting agent may be
# authorised to ask for a recount (read), with candidate and election agent (guidance, read); deposit (memory; a report of
# the draft Order, with £5,000 and 5%, read). The day of the supplementary vote as for mayors of local authorities.
_PCC = KindOfPoll(
    code="pcc",
    name="Police and crime commissioner",
    law="Police and Crime Commissioner Elections Order 2012, S.I. 2012/1917",
    officer={_E: "Police Area Returning Officer", _W: "Police Area Returning Officer"},
    heads=(_NO_MARK, _MORE_THAN_ONE, _IDENTIFIED, _UNMARKED, _VOID),
    may_ask_recount=_ALSO_COUNTING_AGENT,
    verify_first=_ENGLAND_AND_WALES,
    local_officer="Local Returning Officer",
    deposit=Deposit(5000),
    supplementary_from=_SUPPLEMENTARY_AGAIN,
)

# S.I. 2012/2031 Sch 3: r.36 counting officer and counting observers, r.41 equal votes mean no majority for the plan (read);
# heads and recount (memory; the heads as a council printed them were read).
_REFERENDUM = KindOfPoll(
    code="neighbourhood_referendum",
    name="Neighbourhood planning referendum",
    law="Neighbourhood Planning (Referendums) Regulations 2012, S.I. 2012/2031",
    officer={_E: "Counting Officer"},
    heads=(_NO_MARK, _BOTH_ANSWERS, _IDENTIFIED, _UNMARKED_OR_VOID),
    may_ask_recount=(MayAskRecount.COUNTING_OBSERVER,),
    verify_first=_ENGLAND_AND_WALES,
)

KINDS: Mapping[str, KindOfPoll] = {
    kind.code: kind
    for kind in (
        _PARLIAMENT,
        _LOCAL_ENGLAND,
        _LOCAL_WALES,
        _PARISH,
        _MAYOR,
        _COMBINED_MAYOR,
        _PCC,
        _REFERENDUM,
    )
}
PARLIAMENTARY_HEADS = _PARLIAMENT.heads
