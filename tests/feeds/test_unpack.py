from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.feeds.unpack import BadEncodingError, TooLargeError, Unpacker

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


def unpack(encoding: str, packed: bytes, limit: int, step: int) -> bytes:
    unpacker = Unpacker(encoding, limit)
    for start in range(0, len(packed), step):
        unpacker.add(packed[start : start + step])
    return unpacker.body()


@given(st.binary(max_size=3000), st.sampled_from(sorted(PACKERS)), st.integers(1, 500))
def test_what_was_packed_comes_out_however_it_is_cut(body: bytes, encoding: str, step: int) -> None:
    packed = PACKERS[encoding](body)
    assert unpack(encoding, packed, max(len(body), len(packed)), step) == body


@given(st.binary(max_size=300), st.sampled_from(sorted(PACKERS)), st.integers(1, 50))
def test_garbage_raises_nothing_unnamed(body: bytes, encoding: str, step: int) -> None:
    with contextlib.suppress(BadEncodingError, TooLargeError):
        assert len(unpack(encoding, body, 1000, step)) <= 1000


@pytest.mark.parametrize("encoding", sorted(PACKERS))
@pytest.mark.parametrize(("size", "fits"), [(10_000, True), (10_001, False)])
def test_the_bound_is_exact(encoding: str, size: int, fits: bool) -> None:  # noqa: FBT001 (a column of the table)
    packed = PACKERS[encoding](b"a" * size)
    if fits:
        assert len(unpack(encoding, packed, 10_000, 4096)) == size
    else:
        with pytest.raises(TooLargeError):
            unpack(encoding, packed, 10_000, 4096)


def test_padding_behind_a_stream_is_ignored() -> None:
    assert unpack("gzip", gzip.compress(b"talks") + b"\0" * 20, 1000, 7) == b"talks"
