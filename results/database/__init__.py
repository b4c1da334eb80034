"""What countnight asks of the database itself: triggers that guard rows, and a queue before SQLite's write lock."""
