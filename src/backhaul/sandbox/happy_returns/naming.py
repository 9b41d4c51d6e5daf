"""Identifiers that a seed repeats exactly: the same actions on the same seed name the same things."""

import hashlib
import uuid

_SPACE = uuid.UUID("5f0c7a52-98d4-5d0b-8f0e-1c8a4f1f9b3e")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Names:
    """Makes the identifiers of one seeded world; `number` counts within a kind from 1."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def return_id(self, number: int) -> str:
        """A UUID, as happyReturnsReturnID."""
        return str(uuid.uuid5(_SPACE, f"{self._seed}:return:{number}"))

    def item_id(self, number: int) -> str:
        """A UUID, as happyReturnsItemID."""
        return str(uuid.uuid5(_SPACE, f"{self._seed}:item:{number}"))

    def express_code(self, number: int) -> str:
        """Eight characters that begin with HR, as a shopper reads out at the bar."""
        return "HR" + self._code(f"code:{number}", 6)

    def bag(self, number: int) -> str:
        """A bag barcode, which is the labelID: HR2 and nine characters."""
        return "HR2" + self._code(f"bag:{number}", 9)

    def shipment_id(self, number: int) -> str:
        """Digits, as the shipments of the hubs."""
        return str(210_000 + self._seed % 1_000 * 1_000 + number)

    def _code(self, what: str, length: int) -> str:
        digest = hashlib.sha256(f"{self._seed}:{what}".encode()).digest()
        return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:length])
