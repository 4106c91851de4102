"""Keys name rows, secrets open them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.storage import keys


def test_a_uuid7_sorts_by_the_time_it_was_made() -> None:
    made = []
    for _ in range(3):
        made.append(keys.uuid7())
        time.sleep(0.002)  # the key counts milliseconds: two apart, so that only a clock set back could disturb
    assert made == sorted(made)
    assert {key.version for key in made} == {7}


def test_a_case_does_not_tell_when_it_was_made() -> None:
    # RFC 9562: the first 48 bits of version 7 are the millisecond; version 4 is random.
    assert keys.case_id().version == 4
    assert keys.apart_id().version == 4


def test_a_resume_code_has_twelve_characters_nobody_confuses() -> None:
    # Read aloud or off a screen, 0 and O, and 1, I and L, are one.
    for _ in range(200):
        assert re.fullmatch(r"[2-9A-HJKMNP-Z]{12}", keys.resume_code())


@pytest.mark.parametrize("typed", ["abcd efgh jkmn", "ABCD-EFGH-JKMN", " abcdEFGHjkmn\n"])
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    assert keys.typed_code(typed) == "ABCDEFGHJKMN"


def test_no_two_secrets_references_or_codes_are_the_same() -> None:
    for make in (keys.new_secret, keys.reference, keys.resume_code, keys.uuid7):
        assert len({make() for _ in range(2000)}) == 2000


def test_a_secret_has_at_least_128_bits_and_is_stored_as_a_hash() -> None:
    secret = keys.new_secret()
    assert len(secret) == 22  # 16 bytes in base64url
    assert re.fullmatch(r"[0-9a-f]{64}", keys.secret_hash(secret))
    assert keys.secret_hash("\ud800") == keys.secret_hash("?")  # rubbish from a cookie is a wrong key, not a fault


@given(st.text(alphabet="abcDEF123-_", min_size=16, max_size=32), st.text(max_size=20))
def test_a_sealed_secret_opens_with_its_code_at_its_place_only(secret: str, code: str) -> None:
    box = keys.sealed(secret, code, "here")
    assert keys.unsealed(box, code, "here") == secret
    assert keys.sealed(secret, code, "there") != box
    assert secret.encode().hex() != box


def test_what_is_longer_than_the_pad_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        keys.sealed("x" * 33, "code", "here")
