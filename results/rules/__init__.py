"""When figures agree: findings by code, with arguments and no words. Pure.

A *refusal* is malformed or against the order of the night: nothing is recorded and the text is kept. An *error* is
recorded and blocks agreement, so that a supervisor sees it (a typist can copy a wrong sheet faithfully). A *warning* may
be right and is acknowledged by name. Each says in its comment which statute or incident it comes from (docs/ledger.md);
the words are in results/texts.
"""
