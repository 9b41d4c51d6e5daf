"""Where the embedded PostgreSQL keeps its things, and who may look at them."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from backhaul.project.embedded.account import Account
from backhaul.project.embedded.failure import EmbeddedFailed

SYSTEM_DIRECTORY = Path("/var/lib/backhaul/postgres")
LONGEST_SOCKET_FOLDER_BYTES = 90  # the kernel takes 107 for folder and "/.s.PGSQL.5432" together
MARK = "ABOUT-THIS-FOLDER.txt"
MARK_TEXT = (
    "Backhaul's embedded PostgreSQL lives here. Do not move, copy or edit it by hand, least of all while it runs:\n"
    "use `backhaul backup` and `backhaul restore`.\n"
)


def default_directory() -> Path:
    """Under the XDG data home for an ordinary user, under /var/lib as root."""
    if os.geteuid() == 0:
        return SYSTEM_DIRECTORY
    named = Path(os.environ.get("XDG_DATA_HOME") or "")
    home = named if named.is_absolute() else Path.home() / ".local" / "share"
    return home / "backhaul" / "postgres"


@dataclass(frozen=True, slots=True)
class Folder:
    """The layout of one installation. As root the top is root's, and only what PostgreSQL writes is its account's."""

    top: Path
    account: Account | None

    @property
    def log(self) -> Path:
        return self.top / "log" / "postgres.log"

    def cluster(self, major: int) -> Path:
        """The data folder, named by PostgreSQL's major version because no other version can read it."""
        return self.top / str(major)

    def prepare(self) -> None:
        """Makes what is missing. Touches no folder above `top`, and `top` itself only if it is new, empty or ours."""
        if not self.top.exists():
            self.top.parent.mkdir(parents=True, exist_ok=True)
            self.top.mkdir(mode=0o700, exist_ok=True)
        elif any(self.top.iterdir()) and not (self.top / MARK).exists():  # looked for last: another may just make it
            raise EmbeddedFailed("This folder holds something else", self.top, "Name an empty or a new folder.")
        if self.account is not None and not self.account.reaches(self.top / MARK):
            self.top.chmod(0o711)
        if self.account is not None and not self.account.reaches(self.top / MARK):
            raise EmbeddedFailed(
                "The account PostgreSQL runs under cannot enter a folder above this one",
                self.top,
                f"Name a folder all may pass through, such as {SYSTEM_DIRECTORY}.",
            )
        (self.top / MARK).write_text(MARK_TEXT)
        self.own(self.log.parent)

    def own(self, path: Path) -> Path:
        """`path` as a folder that nobody but PostgreSQL's account (and root) may enter.

        Raises EmbeddedFailed where somebody else put something there first.
        """
        path.mkdir(mode=0o700, exist_ok=True)
        about = path.lstat()
        owner = self.account.uid if self.account else os.geteuid()
        if not path.is_dir() or path.is_symlink() or about.st_uid not in (owner, os.geteuid()):
            raise EmbeddedFailed("Somebody else made what should be our private folder", path, "Remove it.")
        if self.account is not None and about.st_uid != owner:
            os.chown(path, self.account.uid, self.account.gid)
        path.chmod(0o700)
        return path

    def socket(self) -> Path:
        """The folder of the socket: inside `top`, or a short private one where that is too long for the kernel."""
        inside = self.top / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER_BYTES:
            return self.own(inside)
        digest = hashlib.sha256(os.fsencode(self.top.resolve())).hexdigest()[:12]
        runtime = Path("/run") if os.geteuid() == 0 else Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
        short = runtime / f"backhaul-{digest}"
        if runtime.is_dir() and len(os.fsencode(short)) <= LONGEST_SOCKET_FOLDER_BYTES:
            return self.own(short)
        return self.own(Path("/tmp") / f"backhaul-{os.geteuid()}-{digest}")  # noqa: S108 - `own` refuses another's folder
