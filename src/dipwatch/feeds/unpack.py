"""Unpacking of compressed bodies that stops at a bound instead of after it."""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli


class BadEncodingError(Exception):
    """The encoding is unknown, or the body doesn't unpack."""


class TooLargeError(Exception):
    """The body is larger than allowed, packed or unpacked."""


class _Packer(Protocol):
    def feed(self, data: bytes, room: int) -> bytes: ...


class _Zlib:
    """gzip (one member or several) and deflate (with or without the zlib header: servers send both)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream: zlib._Decompress | None = None

    def feed(self, data: bytes, room: int) -> bytes:
        parts = []
        while data and room > 0:
            if self._stream is None:
                self._stream = zlib.decompressobj(self._window(data))
            part = self._stream.decompress(data, room)
            parts.append(part)
            room -= len(part)
            data = self._stream.unconsumed_tail
            if self._stream.eof:
                data = self._next_member(self._stream.unused_data)
        return b"".join(parts)

    def _next_member(self, rest: bytes) -> bytes:
        """Begin anew where another gzip member follows; what else follows a stream is padding."""
        if not (self._gzip and rest[:1] == b"\x1f"):
            return b""
        self._stream = None
        return rest

    def _window(self, data: bytes) -> int:
        if self._gzip:
            return zlib.MAX_WBITS | 16
        return zlib.MAX_WBITS if data[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes, room: int) -> bytes:
        parts = []
        while room > 0:
            part: bytes = self._stream.process(data, output_buffer_limit=room)
            parts.append(part)
            room -= len(part)
            data = b""
            if self._stream.can_accept_more_data():
                break
        return b"".join(parts)


class _Plain:
    def feed(self, data: bytes, room: int) -> bytes:
        return data[:room]


class Unpacker:
    """Takes a body piece by piece and never holds more than ``limit`` bytes of it, packed or unpacked."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Take the Content-Encoding header; raises BadEncodingError for one we did not ask for."""
        self._packer = _packer(encoding.strip().lower())
        self._limit = limit
        self._packed = 0
        self._body = bytearray()

    def add(self, data: bytes) -> None:
        """Take the next piece. Raises TooLargeError at the bound, BadEncodingError where it doesn't unpack."""
        self._packed += len(data)
        try:
            self._body += self._packer.feed(data, self._limit + 1 - len(self._body))
        except (zlib.error, brotli.error) as error:
            raise BadEncodingError(str(error)) from error
        if self._packed > self._limit or len(self._body) > self._limit:
            raise TooLargeError(f"more than {self._limit} bytes")

    def body(self) -> bytes:
        """Return what has come so far, unpacked."""
        return bytes(self._body)


def _packer(encoding: str) -> _Packer:
    if encoding in {"", "identity"}:
        return _Plain()
    if encoding in {"gzip", "x-gzip"}:
        return _Zlib(gzip=True)
    if encoding == "deflate":
        return _Zlib(gzip=False)
    if encoding == "br":
        return _Brotli()
    raise BadEncodingError(f"unknown content encoding {encoding[:40]!r}")
