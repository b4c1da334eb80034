"""The people of the count: their roles and their accounts."""
