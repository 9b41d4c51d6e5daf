"""Starts and stops one trytond, known by a pid file that no other program's number can be mistaken for."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from backhaul.sandbox.ports import taken

START_S = 60.0
STOP_S = 10.0
# Held on to until they end: an ended child stays a zombie until whoever started it has asked for it.
_children: dict[int, subprocess.Popen[bytes]] = {}


class TrytonFailed(RuntimeError):
    """Tryton could not be installed, seeded or started; the text says where to look."""


def start(directory: Path, program: Path, port: int) -> None:
    """Start trytond on 127.0.0.1:``port`` in a session of its own and wait until it answers."""
    if taken(port):
        raise TrytonFailed(f"port {port} is taken by another program; choose another one")
    log = directory / "server.log"
    conf = write_conf(directory, directory / "trytond.conf", port)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [str(program), "-c", str(conf), "-d", "shop"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    _children[process.pid] = process
    (directory / "server.pid").write_text(f"{process.pid} {_started(process.pid)} {port}")
    end = time.monotonic() + START_S
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > end:
            stop(directory)
            raise TrytonFailed(f"Tryton did not start; see {log}")
        time.sleep(0.05)


def stop(directory: Path) -> None:
    """Stop the server that was started from this directory, if it still runs."""
    running = _read(directory)
    if running is not None:
        pid, mark, _ = running
        for how, wait in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, STOP_S)):
            os.kill(pid, how)
            end = time.monotonic() + wait
            while _started(pid) == mark and time.monotonic() < end:
                _reap(pid)
                time.sleep(0.02)
            if _started(pid) != mark:
                break
    (directory / "server.pid").unlink(missing_ok=True)


def running_port(directory: Path) -> int | None:
    """The port of the server that runs from this directory."""
    running = _read(directory)
    return running[2] if running else None


def write_conf(directory: Path, path: Path, port: int, worker: bool = False) -> Path:
    """Tryton's configuration. ``worker`` makes it note follow-up work instead of doing it at once."""
    path.write_text(
        f"[database]\nuri = sqlite://\npath = {directory / 'db'}\n"
        f"[web]\nlisten = 127.0.0.1:{port}\n"
        f"[session]\ntimeout = 86400\n"
        f"[queue]\nworker = {worker}\n"
    )
    return path


def _read(directory: Path) -> tuple[int, str, int] | None:
    try:
        pid, mark, port = (directory / "server.pid").read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return (int(pid), mark, int(port)) if _started(int(pid)) == mark else None


def _started(pid: int) -> str | None:
    """When the process began, in the kernel's ticks: with the number it names one process for good.

    None once it has ended. Its first thread may have while others still serve: then it is there.
    """
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if after_name[0] in "ZX" and threads <= 1 else after_name[19]


def _reap(pid: int) -> None:
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]


def _answers(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"http://127.0.0.1:{port}/shop/rest/model/party.party", timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
