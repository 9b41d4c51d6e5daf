"""The web program of a deployment as a process of its own, for tests that send what anybody may send over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from backhaul.flows.deployment import Deployment
from backhaul.project.configuration import read
from backhaul.project.deployment import adopt, build
from backhaul.sdk.signatures import Signature
from tests.support.house import MASTER, SECRET


@dataclass(frozen=True, slots=True)
class Door:
    """Where the program listens, and the deployment it serves as this process sees it."""

    url: str
    config: Path
    deployment: Deployment

    def send(self, connection: str, body: bytes, *, signature: str | bytes | None = None) -> httpx.Response:
        """Post a message with its right signature or with another one."""
        link = self.deployment.links[connection]
        assert link.connector.signature is not None
        sign: Signature = link.connector.signature(link.settings)
        signed = sign.sign(body) if signature is None else signature
        headers = {sign.header.encode(): signed.encode() if isinstance(signed, str) else signed}
        return httpx.post(f"{self.url}/hooks/{connection}", content=body, headers=headers, timeout=30)


def write_config(path: Path, port: int, *, meanings: dict[str, str] | None = None, more: str = "") -> Path:
    """A merchant with Happy Returns, money, a warehouse and one connection without a secret."""
    aliases = "".join(f"{json.dumps(word)} = {json.dumps(meaning)}\n" for word, meaning in (meanings or {}).items())
    path.write_text(
        f"""
[backhaul]
listen = "127.0.0.1:{port}"
[merchants.acme]
title = "Acme"
[merchants.acme.connections.happy-returns]
connector = "happy-returns"
[merchants.acme.connections.happy-returns.settings]
retailer_id = "modern-retailer"
signature_secrets = ["{SECRET}"]
[merchants.acme.connections.happy-returns.settings.meanings]
{aliases}
[merchants.acme.connections.money]
connector = "neutral-money"
settings = {{ signature_secrets = ["{SECRET}"] }}
[merchants.acme.connections.warehouse]
connector = "neutral-warehouse"
settings = {{ signature_secrets = ["{SECRET}"] }}
[merchants.acme.connections.unlocked]
connector = "neutral-money"
{more}
""",
        encoding="utf-8",
    )
    return path


def deployment_of(config: Path) -> Deployment:
    """The deployment of that configuration in this process, its queue hints dropped."""
    built = build(read(config), MASTER)
    silent = replace(built, wake=lambda _flow: None)
    adopt(silent)
    return silent


@contextmanager
def door(config: Path, port: int, database_url: str) -> Iterator[Door]:
    """Serves until the block ends."""
    env = {**os.environ, "DATABASE_URL": database_url, "BACKHAUL_MASTER_KEY": MASTER.hex()}
    program = [sys.executable, "-m", "backhaul", "web", "--config", str(config)]
    process = subprocess.Popen(program, env=env, cwd=config.parent)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield Door(url, config, deployment_of(config))
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "the web program ended"
        try:
            if httpx.get(f"{url}/healthz", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the web program does not answer")
