"""`python -m backhaul.sandbox.patchworks`: the stand-in as a program of its own."""

import argparse
from collections.abc import Sequence
from typing import Any

from backhaul.sandbox.listening import until_interrupted

from .flows import Flow, ObjectFailed
from .stand_in import StandIn


def arguments() -> argparse.ArgumentParser:
    """The options of the program."""
    parser = argparse.ArgumentParser("backhaul sandbox patchworks", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=18300, help="of the core host")
    parser.add_argument("--start-port", type=int, default=18301, help="of the start host")
    parser.add_argument("--api-key", default="sandbox-key", help="expected in Authorization")
    parser.add_argument("--flow", type=int, action="append", metavar="ID", help="a flow there is; again for more")
    parser.add_argument("--fails-on", metavar="WORDS", help="an object that has these words fails")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long a run lasts")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run until interrupted."""
    given = arguments().parse_args(argv)

    def work(one: Any) -> None:
        if given.fails_on and given.fails_on in str(one):
            raise ObjectFailed(f"it has {given.fails_on!r}")

    flows = [Flow(number, f"flow {number}", work, seconds=given.seconds) for number in given.flow or [1]]
    stand_in = StandIn(
        flows, api_key=given.api_key, running=True, host=given.host, ports=(given.port, given.start_port)
    )
    with stand_in:
        print(f"Patchworks stand-in: core {stand_in.core_url}, start {stand_in.start_url} (Ctrl-C ends it)", flush=True)
        until_interrupted()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
