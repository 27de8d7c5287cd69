"""Files, folders, pages and standard input in, Documents out; one module a format."""

from search.sources.draft import Draft
from search.sources.files import find_files, locate, read_file
from search.sources.parse import build_document, parse_raw
from search.sources.parser import Parser
from search.sources.raw import Raw
from search.sources.reading import Reader, name_origin
from search.sources.tasks import Limits, explain
from search.sources.web import read_page

__all__ = [
    "Draft",
    "Limits",
    "Parser",
    "Raw",
    "Reader",
    "build_document",
    "explain",
    "find_files",
    "locate",
    "name_origin",
    "parse_raw",
    "read_file",
    "read_page",
]
