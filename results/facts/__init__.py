"""What is known from a ledger prefix: pure types, the fold, and the one adapter between the database and them."""
