"""The chain of hashes over what was said and shown, and everything that rechecks it."""
