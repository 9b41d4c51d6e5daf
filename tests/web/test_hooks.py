"""Webhooks over real HTTP to the real web program: what is let in, what is turned away, and that both are known."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from backhaul.flows.interpret import interpret
from backhaul.flows.receive import MOST_BYTES
from backhaul.flows.replay import replay_messages
from backhaul.project.deployment import current
from backhaul.project.embedded import Embedded
from backhaul.store.seals import Sealed
from backhaul.store.sql import rows
from tests.support.database import TEMPLATE, point_django_at
from tests.support.door import Door, deployment_of, door, write_config
from tests.support.house import SECRET
from tests.support.ports import free_port


@pytest.fixture(scope="module")
def web(postgres: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The web program on a database of this file's own."""
    port = free_port()
    url = postgres.create_database("hooks_over_http", template=TEMPLATE)
    point_django_at(url)
    config = write_config(tmp_path_factory.mktemp("web") / "backhaul.toml", port)
    with door(config, port, url) as opened:
        yield opened
    postgres.drop_database("hooks_over_http")


def messages() -> list[tuple[int, str, int, str]]:
    """(id, connection, times seen, body) of every message that is kept."""
    found = rows(
        "SELECT m.id, c.name, m.seen, m.body, m.seal FROM messages m JOIN connections c ON c.id = m.connection_id "
        "ORDER BY m.id"
    )
    keys = current().keys
    return [
        (id_, name, seen, keys.open(Sealed(bytes(body), bytes(seal))).decode()) for id_, name, seen, body, seal in found
    ]


def bad_signatures(connection: str) -> int:
    ((count,),) = rows("SELECT bad_signatures FROM connections WHERE name = %s", (connection,))
    return int(count)


def soon(check: Callable[[], bool]) -> bool:
    """Whether that comes true within ten seconds: counts are written with the next batch."""
    end = time.monotonic() + 10
    while not check() and time.monotonic() < end:
        time.sleep(0.02)
    return check()


def test_a_signed_message_is_kept_word_for_word_and_once(web: Door) -> None:
    body = b'{"said": "word for word, \xc3\xa9 and all"}  '
    first = web.send("money", body)
    assert (first.status_code, first.json()["new"]) == (202, True)
    again = web.send("money", body)
    assert (again.status_code, again.json()) == (202, {"message": first.json()["message"], "new": False})
    assert (first.json()["message"], "money", 2, body.decode()) in messages()


def test_a_bad_signature_is_401_and_counted_and_nothing_of_it_is_kept(web: Door) -> None:
    before, count = messages(), bad_signatures("money")
    answers = [web.send("money", b"{}", signature=bad) for bad in ("", "00" * 32, "sha256=" + "0" * 64, b"\xff\xfe")]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert soon(lambda: bad_signatures("money") == count + 4)
    assert messages() == before


def test_a_signature_of_another_body_does_not_open_the_door(web: Door) -> None:
    sign = web.deployment.links["money"].connector.signature
    assert sign is not None
    right = sign(web.deployment.links["money"].settings).sign(b"{}")
    assert web.send("money", b"{} ", signature=right).status_code == 401


def test_a_connection_without_a_secret_takes_nothing(web: Door) -> None:
    before = messages()
    for signature in ("", "00" * 32):
        assert web.send("unlocked", b"{}", signature=signature).status_code == 401
    assert messages() == before


def test_a_secret_in_the_address_opens_no_door(web: Door) -> None:
    before, body = messages(), b'{"said": "whoever knows the address"}'
    sign = web.deployment.links["money"].connector.signature
    assert sign is not None
    right = sign(web.deployment.links["money"].settings)
    said = dict.fromkeys(("secret", "token", "key", "signature"), SECRET)
    for query in (said, {right.header: right.sign(body)}, {"signature": right.sign(body)}):
        assert httpx.post(f"{web.url}/hooks/money", params=query, content=body, timeout=30).status_code == 401
    assert httpx.post(f"{web.url}/hooks/money/{SECRET}", content=body, timeout=30).status_code == 404
    assert messages() == before


@pytest.mark.parametrize("name", ["nobody", "", "money/more", "../money", "%6doney%00"])
def test_an_unknown_connection_is_404(web: Door, name: str) -> None:
    assert httpx.post(f"{web.url}/hooks/{name}", content=b"{}").status_code == 404


def test_only_post_is_taken(web: Door) -> None:
    assert httpx.get(f"{web.url}/hooks/money").status_code == 405
    assert httpx.put(f"{web.url}/hooks/money", content=b"{}").status_code == 405


def test_a_message_of_a_mebibyte_is_taken_and_one_byte_more_is_413(web: Door) -> None:
    assert web.send("money", b"x" * MOST_BYTES).status_code == 202
    before = messages()
    assert web.send("money", b"y" * (MOST_BYTES + 1)).status_code == 413
    assert messages() == before


def test_a_body_of_undeclared_length_is_taken_up_to_a_mebibyte(web: Door) -> None:
    assert _in_chunks(web, b"z" * MOST_BYTES) == 202
    before = messages()
    assert _in_chunks(web, b"z" * (MOST_BYTES + 1)) == 413
    assert _in_chunks(web, b"z" * (4 * MOST_BYTES)) == 413
    assert messages() == before


def test_what_was_turned_away_is_in_the_metrics(web: Door) -> None:
    web.send("money", b"{}", signature="no")
    metrics = prometheus(web)
    assert metrics['backhaul_messages_refused_total{code="401"}'] >= 1


def test_a_signed_message_that_cannot_be_read_is_kept_and_read_again_after_a_fix(web: Door) -> None:
    item = {"happyReturnsReturnID": "r-1", "orderNumber": "1001", "orderLineItemID": "77", "sku": "MUG"}
    said = {"event": "return_status_updated", "typeID": "handed_in", "retailerID": "modern-retailer", "items": [item]}
    answers = [web.send("happy-returns", body) for body in (json.dumps(said).encode(), b'{"event": "ret', b"\xff")]
    assert [answer.status_code for answer in answers] == [202] * 3
    ids = [answer.json()["message"] for answer in answers]
    while interpret(web.deployment):
        pass
    rubbish = ("unreadable", "unreadable-message")
    assert standing(ids) == [("unreadable", "unknown-value"), rubbish, rubbish]

    mended = deployment_of(write_config(web.config, 1, meanings={"handed_in": "dropped-off"}))
    ((merchant_id,),) = rows("SELECT id FROM merchants")
    replay_messages(mended, merchant_id, ids)
    while interpret(mended):
        pass
    assert standing(ids) == [("read", None), rubbish, rubbish]
    assert rows("SELECT label, stage FROM returns") == [("r-1", "dropped-off")]


def standing(ids: list[int]) -> list[tuple[str, str | None]]:
    """How each message stands, and the kind of the exception that is open for it."""
    found = rows(
        "SELECT m.state, e.kind FROM messages m LEFT JOIN exceptions e ON e.message_id = m.id AND e.closed_at IS NULL "
        "WHERE m.id = ANY(%s) ORDER BY m.id",
        (ids,),
    )
    return [(state, kind) for state, kind in found]


def _in_chunks(web: Door, body: bytes) -> int:
    link = web.deployment.links["money"]
    assert link.connector.signature is not None
    sign = link.connector.signature(link.settings)
    pieces = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    answer = httpx.post(f"{web.url}/hooks/money", content=pieces, headers={sign.header: sign.sign(body)}, timeout=30)
    return answer.status_code


def prometheus(web: Door) -> dict[str, float]:
    lines = httpx.get(f"{web.url}/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}
