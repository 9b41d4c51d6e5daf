"""The system account PostgreSQL runs under when Backhaul itself runs as root, which PostgreSQL refuses to be."""

import fcntl
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backhaul.project.embedded.failure import EmbeddedFailed

NAME = "backhaul"
ACCOUNTS = "/etc"  # the folder of the list of accounts, which our own commands lock while they change it


@dataclass(frozen=True, slots=True)
class Account:
    """A system account by its numbers, as the kernel wants them."""

    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether every folder above `path` lets this account through; nothing is changed to make it so."""
        return all(self._passes(folder) for folder in path.absolute().parents)

    def _passes(self, folder: Path) -> bool:
        about = folder.stat()
        if about.st_uid == self.uid:
            return bool(about.st_mode & 0o100)
        return bool(about.st_mode & (0o010 if about.st_gid == self.gid else 0o001))


def needed_account(directory: Path) -> Account | None:
    """None for an ordinary user, who runs PostgreSQL as themselves; as root the account that owns it, made if need be.

    Raises EmbeddedFailed where the machine lets us make none.
    """
    if os.geteuid() != 0:
        return None
    known = _known() or _made(directory)
    if known.pw_uid == 0:
        raise EmbeddedFailed(f"The account {NAME} is root under another name", directory, "Rename or remove it.")
    return Account(known.pw_uid, known.pw_gid)


def _known() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _made(directory: Path) -> pwd.struct_passwd:
    """Two useradds at once both succeed, and the later one gives the account another number: one at a time, then."""
    turn = os.open(ACCOUNTS, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if _known() is None:
            _make(directory)
        return pwd.getpwnam(NAME)
    finally:
        os.close(turn)


def _make(directory: Path) -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    advice = f"Make a system account named {NAME}, or run Backhaul as an ordinary user, or set DATABASE_URL."
    if useradd is None:
        raise EmbeddedFailed("PostgreSQL does not run as root and there is no useradd here", directory, advice)
    words = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run([*words, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, text=True, check=False)
    # 9: somebody else made it between our look and our attempt, which is as good.
    if made.returncode not in (0, 9):
        raise EmbeddedFailed(f"useradd refused to make {NAME}: {made.stderr.strip()}", directory, advice)
