"""Each document of a return says in a few words what it is about: six of one name are told apart."""

from __future__ import annotations

import pytest

from backhaul.domain import effects as e
from backhaul.web.console.gist import gist

SHIRT = e.DocumentLine("1", "SHIRT-M", ("u1", "u2"))
BELT = e.StorefrontLine("2", "BELT-90", ("u3",))


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (e.OpenReturnAuthorisation("r", "1001", "RMA-1", (SHIRT,)), "2 × SHIRT-M"),
        (e.OpenStorefrontReturn("r", "1001", "RMA-1", (BELT,)), "1 × BELT-90"),
        (e.PutAway("r", "1001", "BER1", "damaged", "SCRAP", (SHIRT,)), "2 × SHIRT-M to SCRAP"),
        (e.RestockAtStorefront("r", "1001", "BER1", "STO", SHIRT), "2 × SHIRT-M to STO"),
        (
            e.TakeBackAtStorefront(
                "r", "1001", "o", "BER1",
                (
                    e.TakenBackLine("1", "SHIRT-M", ("u1",), restock=True, location="STO"),
                    e.TakenBackLine("1", "SHIRT-M", ("u2",), location="SCRAP"),
                ),
            ),
            "1 × SHIRT-M to STO, for sale again, 1 × SHIRT-M to SCRAP",
        ),
        (e.IssueRefund("r", "1001", "RMA-1", (BELT,), "USD", 2160, 0), "21.60 USD"),
        (e.CorrectCreditNote("r", "1001", "n", "RMA-1", "f", "JPY", -300), "-300 JPY"),
        (e.MarkOrder("r", "1001", "RMA-1", "dropped-off", "approved", 2), "dropped-off, approved"),
        (e.TrackStorefrontReturn("r", "1001", "o", "1Z9"), "1Z9"),
        (e.AnnounceReturn("r", "1001", "BER1", "RMA-1", (), (), ()), "nothing more is to come"),
        (e.CloseStorefrontReturn("r", "1001", "o"), ""),
    ],
)  # fmt: skip
def test_a_document_in_a_few_words(effect: e.Effect, said: str) -> None:
    assert gist(effect) == said
