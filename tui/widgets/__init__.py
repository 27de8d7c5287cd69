"""What stands on a screen; no widget knows a Library, a file or a clock."""

from tui.widgets.article import Article
from tui.widgets.bars import KeyLine, MonthsLine, ProgressLine, SearchBar, SearchNote, StatusLine
from tui.widgets.cast_panel import CastPanel
from tui.widgets.facet_list import FacetList
from tui.widgets.reading_pane import ReadingPane
from tui.widgets.row_list import Row, RowList

__all__ = [
    "Article",
    "CastPanel",
    "FacetList",
    "KeyLine",
    "MonthsLine",
    "ProgressLine",
    "ReadingPane",
    "Row",
    "RowList",
    "SearchBar",
    "SearchNote",
    "StatusLine",
]
