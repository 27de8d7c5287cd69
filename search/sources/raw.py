"""Bytes as they were read, before anything is made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.sources.draft import Draft
    from search.sources.formats import Format


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of one file or page, or of one member of a file: `origin` is where they came from.

    `charset` is what their sender said, `form` their format where that is known. `stated` is what the file around them
    says of them; it counts where they say nothing themselves.
    """

    origin: str
    data: bytes
    suffix: str = ""
    charset: str | None = None
    url: str | None = None
    form: Format | None = None
    stated: Draft | None = None
    content_hash: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content_hash", blake2b(self.data, digest_size=16).hexdigest())
