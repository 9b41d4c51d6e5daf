"""Why a call is not answered with what it asked for: one exception for each of the channels that Shopify has."""

from collections.abc import Sequence


class Refused(Exception):
    """A userError: `field` is the path into the input, `code` one of the mutation's enum, or None where it has none."""

    def __init__(self, code: str | None, message: str, *field: str | int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field: Sequence[str] = [str(each) for each in field]


class BadCall(Exception):
    """A top-level error with extensions.code: nothing was done."""

    def __init__(self, message: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(message)
        self.code = code


class NotModelled(Exception):
    """The schema has it and the stand-in does not: said aloud, so that nobody takes silence for null."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the stand-in does not model {what}")


class ConnectionCut(ConnectionResetError):
    """The connection ended without an answer; what was asked for may have been done."""
