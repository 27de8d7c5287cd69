"""Errors that newscast raises on purpose. The text of each is one line for the reader."""


class NewscastError(Exception):
    """The base of all errors that newscast raises on purpose."""


class SourceRefusedError(NewscastError):
    """A file or page cannot be added: `origin` is its path or address, `reason` says why."""

    def __init__(self, origin: str, reason: str) -> None:
        super().__init__(f"{origin}: {reason}")
        self.origin = origin
        self.reason = reason


class LibraryLockedError(NewscastError):
    """Another process is writing to the Library."""


class LibraryUnreadableError(NewscastError):
    """The Library's folder or database cannot be used."""


class LibraryDamagedError(LibraryUnreadableError):
    """The Library's database is so damaged that it cannot be opened."""


class LibraryOutdatedError(LibraryUnreadableError):
    """An older newscast wrote the library. Open it for writing to bring it up to date."""


class FullTextDamagedError(NewscastError):
    """The full-text index cannot be read. `Library.repair` rebuilds it."""


class NotFoundError(NewscastError):
    """No Document, Actor or saved search has this id or name, or more than one has."""


class SavedSearchError(NotFoundError):
    """A saved search contains itself, or is too long when the searches in it are expanded."""


class DocumentDamagedError(NewscastError):
    """A Document in the Library is damaged: its text does not match its checksum."""

    def __init__(self, identifier: str, origin: str) -> None:
        super().__init__(
            f"article {identifier} is damaged; restore it with: newscast add {origin};"
            " or remove it with: newscast doctor --repair"
        )
        self.identifier = identifier
        self.origin = origin


class InvalidDocumentError(NewscastError):
    """A line of JSON is not a document; the text says why."""


class UnknownRecogniserError(NewscastError):
    """The settings name a recogniser that does not exist."""
