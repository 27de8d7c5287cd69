"""Limits that asyncssh lacks, so that no client can fill the server's memory."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from asyncssh import compression

if TYPE_CHECKING:
    import asyncssh

_largest_packet = 262_144  # bytes; asyncssh's own limit for a packet that is not compressed
_most_variables = 64
_handler = "_process_env_request"


class _Decompressor(compression.Decompressor):
    """Decompresses zlib, and refuses a packet that grows beyond the limit."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()

    def decompress(self, data: bytes) -> bytes | None:
        """Return the decompressed packet; None ends the connection."""
        try:
            plain = self._stream.decompress(data, _largest_packet)
        except zlib.error:
            return None
        return None if self._stream.unconsumed_tail else plain


def bound_packets() -> None:
    """Limit the size of decompressed packets. Call this before you create the server."""
    name = b"zlib@openssh.com"
    make = compression.get_compressor
    first = make(name)
    assert first is not None
    compression.register_compression_alg(name, type(first), _Decompressor, after_auth=True, default=False)


def bound_environment(channel: asyncssh.SSHServerChannel[bytes]) -> None:
    """Limit the number and size of the environment variables that a channel accepts.

    asyncssh keeps all of them and has no hook, so this wraps one of its private methods.
    """
    accept = getattr(channel, _handler, None)
    if accept is None:  # another asyncssh: serve without the limit; a test fails then
        return
    left = _most_variables

    def process(packet: Any) -> bool:  # noqa: ANN401 - asyncssh's type
        nonlocal left
        left -= 1
        return bool(accept(packet)) if left >= 0 and len(packet.get_remaining_payload()) <= 1_024 else False

    setattr(channel, _handler, process)
