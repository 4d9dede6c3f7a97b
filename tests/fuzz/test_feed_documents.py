from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.corpus import CONTENT_TYPES, DOCUMENTS
from tests.fuzz.target import entries_of, mutated


@pytest.mark.parametrize("body", DOCUMENTS)
def test_the_documents_to_begin_from_have_entries(body: bytes) -> None:
    assert entries_of(body, "application/xml")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(CONTENT_TYPES))
def test_mutated_documents_become_sound_entries_or_none(seed: int, content_type: str) -> None:
    entries_of(mutated(random.Random(seed)), content_type)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(CONTENT_TYPES) | st.text(max_size=30))
def test_any_bytes_become_sound_entries_or_none(body: bytes, content_type: str) -> None:
    entries_of(body, content_type)
    entries_of(b"<rss><channel><item><title>" + body + b"</title></item></channel></rss>", content_type)
