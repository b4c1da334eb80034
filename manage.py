#!/usr/bin/env python
"""Django's command line for countnight."""

import os
import sys


def main() -> None:
    """Run a command; where the database cannot be used, one line says why (--traceback says where)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "countnight.settings")
    # What this installation writes is for its own user; scripts and styles are read by the proxy, which is another.
    os.umask(0o022 if sys.argv[1:2] == ["collectstatic"] else 0o077)
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, InterfaceError

    try:
        execute_from_command_line(sys.argv)
    except (DatabaseError, InterfaceError) as error:
        if "--traceback" in sys.argv:
            raise
        from countnight.databases import in_one_line

        sys.exit(in_one_line(error))


if __name__ == "__main__":
    main()
