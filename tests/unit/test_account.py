"""The account that PostgreSQL runs under where Backhaul runs as root."""

from __future__ import annotations

import os
import pwd
import threading
import time
from pathlib import Path

import pytest

from backhaul.project.embedded import account


def test_two_first_commands_at_once_make_one_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """useradd looks before it locks: of two at once, the later one gives the account another number."""
    made: list[pwd.struct_passwd] = []

    def make(_directory: Path) -> None:
        time.sleep(0.1)
        made.append(pwd.struct_passwd((account.NAME, "x", 900 + len(made), 900, "", "/", "/")))

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "ACCOUNTS", str(tmp_path))
    monkeypatch.setattr(account, "_known", lambda: made[-1] if made else None)
    monkeypatch.setattr(account, "_make", make)
    monkeypatch.setattr(pwd, "getpwnam", lambda _name: made[-1])
    found: list[account.Account | None] = []
    commands = [threading.Thread(target=lambda: found.append(account.needed_account(tmp_path))) for _ in range(4)]
    for one in commands:
        one.start()
    for one in commands:
        one.join()
    assert found == [account.Account(900, 900)] * 4
