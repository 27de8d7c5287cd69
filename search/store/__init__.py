"""The store: documents, cast, and what readers did, in SQLite. No other package contains SQL.

`Links` is not exported here: only `search.reannotate` needs it.
"""

from search.store.actors import Actors
from search.store.checksums import Checksums
from search.store.copies import Copies
from search.store.corrections import Corrections
from search.store.damage import Damage, DamagedDocument
from search.store.database import begin, is_corrupt, open_library_database, open_reader_database
from search.store.documents import Documents, StoredDocument
from search.store.facets import FacetCounter
from search.store.feeds import EntryRow, EntryRows, FeedRows, PageState
from search.store.folds import Folds
from search.store.lock import WriterLock
from search.store.losses import Loss, Losses
from search.store.marks import Mark, Marks, Visit
from search.store.removed import Removed, RemovedDocument
from search.store.rows import Rows
from search.store.searches import SavedSearch, Searches

__all__ = [
    "Actors",
    "Checksums",
    "Copies",
    "Corrections",
    "Damage",
    "DamagedDocument",
    "Documents",
    "EntryRow",
    "EntryRows",
    "FacetCounter",
    "FeedRows",
    "Folds",
    "Loss",
    "Losses",
    "Mark",
    "Marks",
    "PageState",
    "Removed",
    "RemovedDocument",
    "Rows",
    "SavedSearch",
    "Searches",
    "StoredDocument",
    "Visit",
    "WriterLock",
    "begin",
    "is_corrupt",
    "open_library_database",
    "open_reader_database",
]
