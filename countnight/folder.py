"""The installation's folder: for its own user alone, with the secret key and, for a small count, the database."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from countnight.environment import FEWEST_SIGNS, SHORTEST_KEY, SettingError

OTHERS = 0o077
OURS = ("secret_key", "countnight.sqlite3", "static")
"""Files that show that countnight made a folder. It changes the permissions of no other folder."""
WHERE = "COUNTNIGHT_DATA"


def private_folder(path: Path) -> Path:
    """Make the folder if need be, and close it to other users.

    SettingError where it cannot be used: no folder, not writable, on a read-only disk, or open to others and not ours.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode
        if mode & OTHERS:
            held = {found.name for found in path.iterdir()}
            if held and not held.intersection(OURS):
                how = f"name a folder of its own, or say: chmod 700 {path}"
                raise SettingError(WHERE, f"is {path}, which is open to other users and holds other things", how)
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except OSError as error:
        raise SettingError(WHERE, f"is {path}, which cannot be used ({error.strerror})", _WRITABLE) from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise SettingError(WHERE, f"is {path}, where this user may not write", _WRITABLE)
    return path


_WRITABLE = "name a folder that this user may write to"


def static_folder(path: Path) -> Path:
    """Make the folder of scripts and styles, which the proxy may read; SettingError where it cannot be."""
    try:
        if not path.is_dir():
            path.mkdir(parents=True)
            # Whatever this process keeps from others otherwise.
            path.chmod(0o755)
    except OSError as error:
        raise SettingError("STATIC_ROOT", f"is {path}, which cannot be used ({error.strerror})", _WRITABLE) from error
    return path


def kept_secret_key(folder: Path) -> str:
    """The installation's secret key, made on first use; it is in its place whole or not at all."""
    path = folder / "secret_key"
    try:
        if not path.exists():
            _write_whole(path, secrets.token_urlsafe(60))
        key = path.read_text(errors="replace").strip()
        if path.stat().st_mode & OTHERS:
            path.chmod(0o600)
    except OSError as error:
        how = "make room on the disk, or let this user write there"
        raise SettingError(WHERE, f"is {folder}, where no secret key can be kept ({error.strerror})", how) from error
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_SIGNS:
        raise SettingError(
            str(path), "holds no whole key", f"rm {path}, and a new one is made; everybody logs in again"
        )
    return key


def _write_whole(path: Path, text: str) -> None:
    """Write beside it, make sure that it is on the disk, then give it its name, unless another process was first."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Make sure that the folder's list of names is on the disk."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def private_file(name: str, path: Path) -> None:
    """Make an empty file if there is none, for this user alone; SQLite gives its journals the same permissions.

    SettingError where it cannot be written, or is something else than a database.
    """
    try:
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(made).st_mode & OTHERS:
                os.fchmod(made, 0o600)
            begins = os.pread(made, 16, 0)
        finally:
            os.close(made)
    except OSError as error:
        how = "name a file in a folder that this user may write to"
        raise SettingError(name, f"means the file {path}, which cannot be used ({error.strerror})", how) from error
    if begins and begins != b"SQLite format 3\x00":
        raise SettingError(name, f"means the file {path}, which is no SQLite database", "name another file")
