"""What can go wrong, said in one line that a reader understands."""


class NewscastError(Exception):
    """The base of every error that newscast raises on purpose; its text is one line for the reader."""


class SourceRefusedError(NewscastError):
    """A file or page that cannot become a Document: `origin` is what was asked for, `reason` why not."""

    def __init__(self, origin: str, reason: str) -> None:
        super().__init__(f"{origin}: {reason}")
        self.origin = origin
        self.reason = reason


class LibraryLockedError(NewscastError):
    """Somebody else is writing to the Library."""


class LibraryUnreadableError(NewscastError):
    """The Library's folder or database cannot be used."""


class LibraryDamagedError(LibraryUnreadableError):
    """The Library's database is so damaged that it cannot be opened."""


class LibraryOutdatedError(LibraryUnreadableError):
    """An older newscast wrote the library; to open it with the right to write brings it up to date."""


class FullTextDamagedError(NewscastError):
    """The full-text index cannot be read; it can be built again from the store."""


class NotFoundError(NewscastError):
    """No Document or Actor answers to what was asked for, or more than one does."""


class SavedSearchError(NotFoundError):
    """A saved search that cannot be asked: it leads back to itself, or is too long with the searches in it."""


class DocumentDamagedError(NewscastError):
    """A Document in the Library is not as it was written."""

    def __init__(self, identifier: str, origin: str) -> None:
        # A feed brings it back by itself, when it changes next.
        todo = "" if origin.startswith("feed:") else f"bring it back with: newscast add {origin}; or "
        super().__init__(f"article {identifier} is damaged; {todo}take it out with: newscast doctor --repair")
        self.identifier = identifier
        self.origin = origin


class InvalidDocumentError(NewscastError):
    """A line that was to be a document in JSON is not one."""


class UnknownRecogniserError(NewscastError):
    """The settings name a recogniser that does not exist."""
