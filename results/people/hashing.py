"""How pass phrases are hashed."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class PassPhraseHasher(Argon2PasswordHasher):
    """Argon2id with 19 MB and two passes on one core: 0.05 to 0.1 s for a check (OWASP's Password Storage Cheat Sheet, 2025).

    The phrases that `enrol` makes have 72 bits, so that slowness is for those that somebody chose. Django's own figures are
    100 MB and eight cores at once, which would be taken from those who enter figures.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
