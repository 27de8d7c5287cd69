"""Files, folders, pages and standard input in, Documents out; one module a format."""

from search.sources.draft import Draft
from search.sources.files import find_files, locate, read_file
from search.sources.parse import build_document, parse_raw
from search.sources.parser import Parser
from search.sources.raw import Raw
from search.sources.tasks import Limits, explain
from search.sources.web import is_url, read_page

__all__ = [
    "Draft",
    "Limits",
    "Parser",
    "Raw",
    "build_document",
    "explain",
    "find_files",
    "is_url",
    "locate",
    "parse_raw",
    "read_file",
    "read_page",
]
