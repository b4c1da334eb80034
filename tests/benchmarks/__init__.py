"""Benchmarks: `sh bin/bench NAME [--json FILE]` prints a table and its bars, and exits 1 when one is missed."""
