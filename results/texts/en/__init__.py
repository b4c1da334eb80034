"""The English catalogue, by subject. It is complete: every code that the program gives has its text here."""

from __future__ import annotations

from results.texts.en import desk, entries, forms, ledger, polls, public, rules, verification

PUBLIC: dict[str, str] = public.TEXTS
"""What the public page is sent whole, with its set-up document."""

TEXTS: dict[str, str] = {
    **PUBLIC,
    **rules.TEXTS,
    **ledger.TEXTS,
    **forms.TEXTS,
    **desk.TEXTS,
    **entries.TEXTS,
    **polls.TEXTS,
    **verification.TEXTS,
}
