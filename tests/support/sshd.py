"""A real sshd of this machine's OpenSSH, started for a test on a port of its own, with keys made for it."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.ports import free_port

_SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
_NEEDED_AS_ROOT = Path("/run/sshd")


@dataclass
class Sshd:
    """``home`` is where sessions begin. ``stop`` and ``start`` take it away and bring it back on the same port."""

    folder: Path
    port: int
    home: Path
    running: subprocess.Popen[bytes] | None = None

    def settings(self, **more: Any) -> dict[str, Any]:
        """What a connection's ``sftp`` table says to reach it."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "username": getpass.getuser(),
            "private_key": (self.folder / "shop").read_text(),
            "host_keys": [self.host_key()],
            **more,
        }

    def host_key(self, name: str = "host") -> str:
        return (self.folder / f"{name}.pub").read_text()

    def start(self) -> None:
        config = self.folder / "sshd_config"
        command = [_SSHD, "-D", "-e", "-f", str(config)]
        with (self.folder / "log").open("ab") as log:
            self.running = subprocess.Popen(command, stderr=log)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError((self.folder / "log").read_text())

    def cut_sessions(self) -> None:
        """Kill everybody who is logged in, as a server that dies does."""
        assert self.running is not None
        for session in psutil.Process(self.running.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # one that has just ended by itself
                session.send_signal(signal.SIGKILL)

    def stop(self) -> None:
        if self.running is not None:
            self.cut_sessions()
            self.running.kill()
            self.running.wait()
            self.running = None


def _make_key(path: Path) -> None:
    keygen = shutil.which("ssh-keygen")
    assert keygen is not None, "ssh-keygen is not there; `make test` says how to get it"
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)


@contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """Runs until the block ends."""
    assert Path(_SSHD).exists(), "sshd is not there; `make test` says how to get it"
    if os.geteuid() == 0:
        _NEEDED_AS_ROOT.mkdir(mode=0o755, exist_ok=True)
    home = folder / "home"
    home.mkdir()
    for name in ("host", "other", "shop"):
        _make_key(folder / name)
    server = Sshd(folder, free_port(), home)
    (folder / "sshd_config").write_text(
        f"Port {server.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/shop.pub\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n"
        f"KbdInteractiveAuthentication no\nSubsystem sftp internal-sftp -d {home}\nLogLevel ERROR\n"
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def session_sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server
