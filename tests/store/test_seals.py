"""Message keys: handed over to the return, and gone with it."""

from __future__ import annotations

import pytest

from backhaul.store.seals import Erased, Keyring, Sealed

KEYS = Keyring(bytes(range(32)))


def test_a_sealed_message_opens_with_the_master_key_until_it_is_handed_over() -> None:
    sealed = KEYS.seal(b"who, where, what")
    assert KEYS.open(sealed) == b"who, where, what"
    key, kept = KEYS.new_return_key()
    handed = Sealed(sealed.body, KEYS.hand_over(sealed.seal, key))
    assert KEYS.open(handed, KEYS.return_key(kept)) == b"who, where, what"
    with pytest.raises(Erased):
        KEYS.open(handed)


def test_a_return_whose_key_was_erased_can_be_read_by_nobody() -> None:
    assert KEYS.return_key(None) is None


def test_equal_bodies_look_alike_only_to_those_who_have_the_key() -> None:
    assert KEYS.likeness(b"a") == KEYS.likeness(b"a") != KEYS.likeness(b"b")
    assert KEYS.likeness(b"a") != Keyring(bytes(32)).likeness(b"a")


def test_the_keyring_shows_no_key() -> None:
    assert "master" not in repr(KEYS)


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")
