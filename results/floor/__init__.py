"""What is shared in the hall beside the ledger: work in hand, tablets with unsent forms, announcements. No figure is here."""
