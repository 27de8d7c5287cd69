"""The controllers: what the keys do. Each has its bindings and actions, and asks the screen only by `ReaderView`."""

from tui.controllers.adding import AddingController
from tui.controllers.articles import ArticleController
from tui.controllers.last_visit import LastVisitController
from tui.controllers.listing import Listing
from tui.controllers.live_updates import LiveUpdatesController
from tui.controllers.reading import ReadingController
from tui.controllers.removing import RemovingController
from tui.controllers.result_list import ResultList
from tui.controllers.search import SearchController, SearchWidgets
from tui.controllers.selection import SelectionController
from tui.controllers.status import Status
from tui.controllers.view import ReaderView
from tui.controllers.walked import WalkedArticles

__all__ = [
    "AddingController",
    "ArticleController",
    "LastVisitController",
    "Listing",
    "LiveUpdatesController",
    "ReaderView",
    "ReadingController",
    "RemovingController",
    "ResultList",
    "SearchController",
    "SearchWidgets",
    "SelectionController",
    "Status",
    "WalkedArticles",
]
