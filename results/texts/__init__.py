"""Words apart from rules: every text by its code, a catalogue for each language, and what puts a code into words.

`en` is complete; a text that another language lacks is shown in English. `wording` knows the formats of the fields.
"""
