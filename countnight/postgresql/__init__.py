"""Django's PostgreSQL, which is given up when it falls silent, and asked for a new session when it may not write."""
