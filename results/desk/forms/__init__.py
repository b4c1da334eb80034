"""What officers post, one subject a file."""
