"""Where asyncssh takes whatever a client sends: bounds for it, so that one client cannot fill the server's memory."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from asyncssh import compression

if TYPE_CHECKING:
    import asyncssh

_largest_packet = 262_144  # bytes; what asyncssh accepts of a packet that is not compressed
_most_variables = 64
_handler = "_process_env_request"


class _Decompressor(compression.Decompressor):
    """zlib, but a packet that grows beyond what any client sends is none."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()

    def decompress(self, data: bytes) -> bytes | None:
        """What was compressed, or None, which ends the connection."""
        try:
            plain = self._stream.decompress(data, _largest_packet)
        except zlib.error:
            return None
        return None if self._stream.unconsumed_tail else plain


def bound_packets() -> None:
    """Before a server is made: a compressed packet is never decompressed to more than a packet may have."""
    name = b"zlib@openssh.com"
    make = compression.get_compressor
    first = make(name)
    assert first is not None
    compression.register_compression_alg(name, type(first), _Decompressor, after_auth=True, default=False)


def bound_environment(channel: asyncssh.SSHServerChannel[bytes]) -> None:
    """Of the environment that a client sends, no more variables are kept than a session could use.

    asyncssh keeps all of them and has no hook for it, hence a method of its own is wrapped.
    """
    accept = getattr(channel, _handler, None)
    if accept is None:  # another asyncssh: readers are served all the same, and a test says that this is to be mended
        return
    left = _most_variables

    def process(packet: Any) -> bool:  # noqa: ANN401 - asyncssh's own
        nonlocal left
        left -= 1
        return bool(accept(packet)) if left >= 0 and len(packet.get_remaining_payload()) <= 1_024 else False

    setattr(channel, _handler, process)
