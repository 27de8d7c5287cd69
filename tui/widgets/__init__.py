"""The widgets of the screens. They are given data and send messages; none uses a Library, a file or a clock."""

from tui.widgets.article import Article
from tui.widgets.cast_panel import CastPanel
from tui.widgets.facet_list import FacetList
from tui.widgets.months_line import MonthsLine
from tui.widgets.reading_pane import ReadingPane
from tui.widgets.row_list import ListRow, RowList
from tui.widgets.search_bar import SearchBar, SearchNote
from tui.widgets.status_line import KeyLine, ProgressLine, StatusLine

__all__ = [
    "Article",
    "CastPanel",
    "FacetList",
    "KeyLine",
    "ListRow",
    "MonthsLine",
    "ProgressLine",
    "ReadingPane",
    "RowList",
    "SearchBar",
    "SearchNote",
    "StatusLine",
]
