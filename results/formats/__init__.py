"""Outside formats, each read or written in a file of its own."""
