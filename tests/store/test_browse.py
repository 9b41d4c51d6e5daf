"""What screens read: the right rows in the right order, pages that neither skip nor repeat, sums that add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backhaul.domain.money import Money
from backhaul.store import models
from backhaul.store.browse import connections, documents, exceptions, figures, groups, messages, one_return, returns
from backhaul.store.browse.exceptions import WantedExceptions
from backhaul.store.browse.messages import WantedMessages
from backhaul.store.browse.pages import BadCursor, all_rows, read_cursor, write_cursor
from backhaul.store.browse.returns import Wanted
from tests.support.town import Played


def test_pages_of_any_size_give_every_return_once_newest_first(seen: Played) -> None:
    merchant = seen.acme.merchant_id
    wanted = list(
        models.Return.objects.filter(merchant_id=merchant)
        .order_by("-last_message_at", "-id")
        .values_list("id", flat=True)
    )
    for size in (1, 3, 7, 200):
        found = all_rows(lambda at, size=size: returns.returns(merchant, Wanted(), at, size))  # type: ignore[misc]
        assert [row.id for row in found] == wanted


def test_each_filter_takes_its_returns_and_leaves_the_others(seen: Played) -> None:
    merchant = seen.acme.merchant_id
    rows = returns.returns(merchant, Wanted(), size=200).rows
    for name in ("closed", "squared"):
        for value in (True, False):
            found = returns.returns(merchant, Wanted(**{name: value}), size=200).rows  # type: ignore[arg-type]
            assert {row.id for row in found} == {row.id for row in rows if getattr(row, name) is value}
            assert found
    troubled = returns.returns(merchant, Wanted(excepted=True), size=200).rows
    assert {row.id for row in troubled} == {row.id for row in rows if row.exceptions}
    for stage in {row.stage for row in rows}:
        assert stage in returns.STAGES
        found = returns.returns(merchant, Wanted(stage=stage), size=200).rows
        assert {row.id for row in found} == {row.id for row in rows if row.stage == stage}
    assert returns.count(merchant, Wanted()) == len(rows)
    assert returns.count(merchant, Wanted(), most=2) == 2


def test_a_sku_finds_all_its_returns_and_a_name_finds_one(seen: Played) -> None:
    merchant = seen.acme.merchant_id
    rows = returns.returns(merchant, Wanted(), size=200).rows
    shirts = returns.returns(merchant, Wanted(search="shirt-m"), size=200).rows
    assert {row.id for row in shirts} == {row.id for row in rows if "SHIRT-M" in row.skus}
    assert len(shirts) > 2
    one = returns.returns(merchant, Wanted(search=shirts[0].label)).rows
    assert [row.id for row in one] == [shirts[0].id]
    assert returns.returns(merchant, Wanted(search="SHIRT")).rows == ()


def test_two_returns_of_one_order_are_both_found_by_it(seen: Played) -> None:
    found = returns.returns(seen.acme.merchant_id, Wanted(search="ACME-1001")).rows
    assert len(found) == 2
    documents_of_second = one_return.one_return(seen.acme.merchant_id, found[0].id)
    assert documents_of_second is not None
    assert "look-up-order" in [row.verb for row in documents_of_second.documents]


def test_a_return_that_became_part_of_another_is_read_with_it(played: Played) -> None:
    merchant = played.acme.merchant_id
    kept, joined = models.Return.objects.filter(merchant_id=merchant).order_by("id")[:2]
    before = one_return.one_return(merchant, kept.pk)
    models.Return.objects.filter(id=joined.pk).update(linked_to=kept.pk)
    after = one_return.one_return(merchant, kept.pk)
    assert before is not None
    assert after is not None
    assert len(after.told) == len(before.told) + models.Fact.objects.filter(return_ref=joined.pk).count()
    assert [row.id for row in returns.returns(merchant, Wanted(search=joined.label)).rows] == [kept.pk]
    assert returns.count(merchant, Wanted()) == models.Return.objects.filter(merchant_id=merchant).count() - 1


def test_balances_of_a_return_come_to_nothing_per_commodity(seen: Played) -> None:
    for row in returns.returns(seen.acme.merchant_id, Wanted(), size=200).rows:
        whole = one_return.one_return(seen.acme.merchant_id, row.id)
        assert whole is not None
        sums: dict[str, int] = {}
        for (_, commodity), balance in whole.balances.items():
            sums[commodity] = sums.get(commodity, 0) + balance
        assert set(sums.values()) <= {0}


def test_exceptions_come_in_the_order_they_are_due_and_every_group_is_exactly_its_members(seen: Played) -> None:
    merchant = seen.acme.merchant_id
    everything = tuple(all_rows(lambda at: exceptions.exceptions(merchant, WantedExceptions(), at, 2)))
    assert [row.due_at for row in everything] == sorted(row.due_at for row in everything)
    assert len({row.key for row in everything}) == len(everything) == figures.open_exceptions(merchant)
    found = groups.groups(merchant, WantedExceptions())
    for group in found:
        members = exceptions.exceptions(merchant, WantedExceptions(kind=group.kind, cause=group.name), size=200).rows
        assert len(members) == group.count
        assert min(row.due_at for row in members) == group.due_at
        assert min(row.opened_at for row in members) == group.oldest_at
        minor = sum(money.minor for row in members for money in row.value)
        assert minor == sum(money.minor for money in group.value)
    assert sum(group.count for group in found) == len(everything)
    assert [group.due_at for group in found] == sorted(group.due_at for group in found)


def test_causes_that_differ_in_numbers_only_are_one_group_and_values_add_up_per_currency(played: Played) -> None:
    merchant, now = played.acme.merchant_id, played.acme.clock()
    for number, (minor, currency) in enumerate([(1000, "USD"), (250, "USD"), (990, "EUR")]):
        models.OperationalException.objects.create(
            key=f"x:{number}", merchant_id=merchant, kind="test-kind", about=f"u{number}", remedy="do", owner="finance",
            cause=f"period 2026-0{number} of ledger {number} is closed", opened_at=now, due_at=now,
            value=[{"minor": minor, "currency": currency}],
        )  # fmt: skip
    (group,) = groups.groups(merchant, WantedExceptions(kind="test-kind"))
    assert (group.count, group.cause) == (3, "period … of ledger … is closed")
    assert group.value == (Money(990, "EUR"), Money(1250, "USD"))
    owner = next(each for each in figures.figures(merchant, now).owners if each.owner == "finance")
    assert Money(990, "EUR") in owner.value


def test_closed_and_waived_exceptions_are_apart_from_open_ones(played: Played) -> None:
    merchant, now = played.acme.merchant_id, played.acme.clock()
    rows = exceptions.exceptions(merchant, WantedExceptions(), size=200).rows
    models.OperationalException.objects.filter(key=rows[0].key).update(closed_at=now)
    models.OperationalException.objects.filter(key=rows[1].key).update(closed_at=now, waived_at=now, waived_by="ann")
    before = {row.key for row in rows}
    for state, key in (("closed", rows[0].key), ("waived", rows[1].key)):
        found = exceptions.exceptions(merchant, WantedExceptions(state=state), size=200).rows  # type: ignore[arg-type]
        assert key in {row.key for row in found}
        assert {row.state for row in found} == {state}
    left = exceptions.exceptions(merchant, WantedExceptions(), size=200).rows
    assert {row.key for row in left} == before - {rows[0].key, rows[1].key}


def test_messages_are_listed_by_what_became_of_them(seen: Played) -> None:
    merchant = seen.acme.merchant_id
    rows = tuple(all_rows(lambda at: messages.messages(merchant, WantedMessages(), at, 7)))
    assert len(rows) == models.Message.objects.filter(connection__merchant_id=merchant).count()
    assert [row.id for row in rows] == sorted((row.id for row in rows), reverse=True)
    for state, many in messages.counts(merchant).items():
        assert len(messages.messages(merchant, WantedMessages(state=state), size=200).rows) == many
    for cause in messages.causes(merchant):
        ids = messages.ids_of_cause(merchant, WantedMessages(cause.state, cause.connection, cause=cause.name), 500)
        assert len(ids) == cause.count


def test_connections_count_what_they_owe_and_a_pause_ends(played: Played) -> None:
    merchant, now = played.acme.merchant_id, played.acme.clock()
    models.Connection.objects.filter(name="acme-erp").update(not_before=now + timedelta(minutes=5))
    by_name = {row.name: row for row in connections.connections(merchant, now)}
    assert set(by_name) == {"acme-erp", "acme-happy", "acme-money", "acme-warehouse"}
    erp = by_name["acme-erp"]
    standing = figures.effects_by_standing(merchant)
    assert (erp.refused, erp.waiting) == (standing["refused"], standing["waiting"])
    assert erp.paused_until == now + timedelta(minutes=5)
    assert [row.name for row in connections.troubles(merchant, now)] == ["acme-erp"]
    assert connections.troubles(merchant, now + timedelta(minutes=5)) == ()
    assert connections.names(merchant) == tuple(sorted(by_name))
    assert sum(row.unread for row in by_name.values()) == sum(messages.counts(merchant).values())
    later = {row.name: row for row in connections.connections(merchant, now + timedelta(minutes=5))}
    assert later["acme-erp"].paused_until is None


def test_documents_are_found_by_the_other_systems_reference(seen: Played) -> None:
    merchant = seen.acme.merchant_id
    done = documents.documents(merchant, documents.WantedDocuments(verb="issue-credit-note", standing="done")).rows
    assert done
    again = documents.documents(merchant, documents.WantedDocuments(reference=done[0].reference or "")).rows
    assert [row.key for row in again] == [done[0].key]


def test_an_attempt_is_shown_with_its_document(seen: Played) -> None:
    refused = models.Effect.objects.filter(merchant_id=seen.acme.merchant_id, standing="refused")[0]
    whole = one_return.one_return(seen.acme.merchant_id, str(refused.return_ref_id))
    assert whole is not None
    row = next(row for row in whole.documents if row.key == refused.key)
    assert [(each.number, each.outcome) for each in row.tries] == [(1, "refused")]


@given(
    at=st.datetimes(timezones=st.just(UTC)),
    name=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
)
def test_a_cursor_is_read_back_as_it_was_written(at: datetime, name: str) -> None:
    assert read_cursor(write_cursor(at, name)) == (at, name)


@given(st.text())
def test_a_foreign_cursor_is_refused_and_nothing_else_happens(cursor: str) -> None:
    try:
        at, name = read_cursor(cursor)
    except BadCursor as error:
        assert "is not a cursor" in str(error)  # noqa: PT017  most texts are none; those that are must be whole
    else:
        assert at.tzinfo is not None
        assert name


def test_the_end_of_the_list_has_no_next_page(seen: Played) -> None:
    many = returns.count(seen.acme.merchant_id, Wanted())
    assert returns.returns(seen.acme.merchant_id, Wanted(), size=many).next == ""
    assert returns.returns(seen.acme.merchant_id, Wanted(), size=many - 1).next != ""
    with pytest.raises(BadCursor):
        returns.returns(seen.acme.merchant_id, Wanted(), "x")
