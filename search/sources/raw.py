"""Bytes as they were read, before anything is made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of one file or page: `origin` is its path or URL, `charset` what its sender said."""

    origin: str
    data: bytes
    suffix: str = ""
    charset: str | None = None
    url: str | None = None
    content_hash: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content_hash", blake2b(self.data, digest_size=16).hexdigest())
