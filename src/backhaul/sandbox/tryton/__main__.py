"""``python -m backhaul.sandbox.tryton up|down|reset DIR``: Tryton by hand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from backhaul.sandbox.tryton import TrytonFailed, down, reset, up
from backhaul.sandbox.tryton.hand_over import hand_over


def main(arguments: Sequence[str] | None = None) -> int:
    """Progress goes to standard error; what the server is reached by is in DIR/env.json."""
    parser = argparse.ArgumentParser(prog="python -m backhaul.sandbox.tryton")
    parser.add_argument("command", choices=("up", "down", "reset"))
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, default=18000)
    parser.add_argument("--orders", type=int, default=60)
    given = parser.parse_args(arguments)
    try:
        if given.command == "down":
            down(given.directory)
            return 0
        if given.command == "reset":
            shop = reset(given.directory)
        else:
            shop = up(given.directory, given.port, given.orders, lambda what: print(what, file=sys.stderr))
    except (TrytonFailed, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    connection, orders = hand_over(shop, given.directory)
    print(f"Tryton answers at {shop.url}, database {shop.database}; keys are in {given.directory / 'env.json'}")
    print(f"{connection} is its connection for backhaul.toml, {orders} its orders for the Happy Returns stand-in")
    return 0


if __name__ == "__main__":
    sys.exit(main())
