"""``python -m backhaul.sandbox.medusa --directory D``: a Medusa by hand, until interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from . import Medusa, MedusaFailed


def main(words: Sequence[str] | None = None) -> int:
    """Prints where it answers and with what key; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m backhaul.sandbox.medusa")
    parser.add_argument("--directory", type=Path, required=True, help="keeps the shop between starts")
    parser.add_argument("--port", type=int, default=19000)
    parser.add_argument("--cache", type=Path, help="where the programs and the seeded database are kept")
    parser.add_argument("--forward-to", default="", metavar="URL", help="where the shop posts what happens")
    parser.add_argument("--secret", default="", help="signs what is posted")
    parser.add_argument("--fresh", action="store_true", help="begin with the shop as it was seeded")
    given = parser.parse_args(words)
    medusa = Medusa(
        given.directory,
        cache=given.cache,
        port=given.port,
        forward_to=given.forward_to,
        secret=given.secret,
        progress=lambda what: print(what, file=sys.stderr, flush=True),
    )
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        with medusa:
            if given.fresh:
                medusa.reset()
            print(f"Medusa answers at {medusa.shop.url} (Ctrl-C ends it)")
            print(f"key {medusa.shop.key}; all its ids are in {given.directory / 'shop.json'}", flush=True)
            ended.wait()
    except MedusaFailed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
