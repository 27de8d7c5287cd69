"""The rules of ARCHITECTURE.md: which module may import which, when modules load, how long a module may be."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import search
from tests.conftest import root
from tui.help_command import topics

modules = sorted([*root.glob("search/**/*.py"), *root.glob("tui/**/*.py")])

search_layers = (
    ("model", "errors", "error_log", "origins"), ("text", "actor_lookup", "shingles"),
    ("sources", "cast", "fulltext", "store", "jsonl"),
    ("access",), ("query", "reannotate", "folding", "indexing"), ("checking", "finishing"),
    ("removing", "repairing", "concordance"), ("adding", "annotating"), ("feeds",), ("library",),
)  # fmt: skip
tui_layers = (
    ("render", "history", "walk", "links", "settings", "streams", "panes", "themes", "crash_log"), ("output", "layout"),
    ("widgets", "indexer", "setup", "terminal"),
    ("controllers",), ("screens", "completion"), ("app",),
    ("commands", "doctor_command", "help_command", "feed_command", "refresh_command", "remove_command",
     "search_command", "watch_command"), ("cli",),
    ("serving", "entry"), ("__main__",),
)  # fmt: skip


def find_imports(path: Path) -> set[str]:
    """Find the dotted names that a module imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def level(layers: tuple[tuple[str, ...], ...], name: str) -> int:
    return next(index for index, names in enumerate(layers) if name in names)


def find_module(name: str, known: set[str]) -> str | None:
    """Find the module that a dotted name is or belongs to; None if it is not in `known`."""
    return next((module for module in (name, name.rpartition(".")[0]) if module in known), None)


@pytest.mark.parametrize("part", ["search", "tui"])
def test_no_modules_import_each_other_in_a_circle(part):
    paths = {".".join(path.relative_to(root).with_suffix("").parts): path for path in modules}
    paths = {name.removesuffix(".__init__"): path for name, path in paths.items() if name.split(".")[0] == part}
    imported = {
        name: {module for each in find_imports(path) if (module := find_module(each, set(paths)))} - {name}
        for name, path in paths.items()
    }
    assert list(graphlib.TopologicalSorter(imported).static_order())


@pytest.mark.parametrize("path", modules, ids=lambda path: str(path.relative_to(root)))
def test_a_module_keeps_the_rules(path):
    part, *inside = path.relative_to(root).with_suffix("").parts
    imports = find_imports(path)
    if part == "search":
        assert not {name.split(".")[0] for name in imports} & {"tui", "textual", "rich", "click"}
    else:
        reached = {name for name in imports if name.split(".")[0] == "search"}
        assert reached <= {f"search.{name}" for name in search.__all__}
    if path.name != "__init__.py" or len(inside) > 1:
        check_layers(part, inside[0], imports)
    assert len(path.read_text().splitlines()) <= 350


def check_layers(part: str, own: str, imports: set[str]) -> None:
    layers = search_layers if part == "search" else tui_layers
    for name in imports:
        pieces = name.split(".")
        if pieces[0] == part and len(pieces) > 2 and pieces[1] != own:
            assert level(layers, pieces[1]) < level(layers, own), f"{own} must not import {name}"


def test_whoosh_and_sql_stay_where_they_belong():
    for path in root.glob("search/**/*.py"):
        imports = find_imports(path)
        if "fulltext" not in path.parts:
            assert not any(name.split(".")[0] == "whoosh" for name in imports), path
        if "store" not in path.parts:
            assert not any(word in path.read_text() for word in ("SELECT ", "INSERT ", "DELETE FROM")), path


def test_a_widget_touches_no_library_file_or_clock():
    for path in root.glob("tui/widgets/*.py"):
        names = {name.split(".")[0] for name in find_imports(path)}
        assert not names & {"os", "pathlib", "time", "datetime", "sqlite3", "asyncio"}, path
        assert not {"search.Library", "search.Marks"} & {
            name for name in find_imports(path) if "TYPE_CHECKING" not in name
        }, path


of_the_cast = {"numpy", "onnxruntime", "tokenizers", "spacy", "torch"}
"""Dependencies that take time and memory to load, and that only the search for a cast needs."""


def test_onnxruntime_is_loaded_in_one_place_where_its_telemetry_is_off():
    for path in modules:
        if path.name != "runtime.py":
            assert not any(name.split(".")[0] == "onnxruntime" for name in find_imports(path)), path


def loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_the_engine_loads_without_a_screen_and_without_what_few_need():
    heavy = {
        "textual",
        "rich",
        "tui",
        "whoosh",
        "trafilatura",
        "lxml",
        "charset_normalizer",
        "feedparser",
        "urllib3",
        *of_the_cast,
    }
    assert not loaded_by("import search") & heavy


def test_no_command_but_the_reader_loads_textual():
    assert "textual" not in loaded_by("import tui.cli")


def test_the_reader_starts_without_whoosh():
    assert not loaded_by("import tui.app") & {"whoosh", "trafilatura", *of_the_cast}


def test_what_annotates_nothing_loads_nothing_of_the_cast(annotated, tmp_path):
    open_reader = (
        "import asyncio, pathlib\nfrom search import Library, Marks, Searches\nfrom tui.app import NewscastApp\n"
        "from tui.settings import Settings\n"
        "async def read():\n"
        f"    with Library(pathlib.Path({str(annotated)!r})) as library:\n"
        "        app = NewscastApp(library, Marks(None), Searches(None), Settings(), ())\n"
        "        async with app.run_test() as pilot:\n"
        "            await pilot.press('enter', '1', 'right_square_bracket')\n"
        "asyncio.run(read())"
    )
    commands = ["search Aleppo", "actors assad", "mentions bashar-al-assad", "doctor", "add --help"]
    statements = [
        f"import contextlib, io, sys\nsys.argv = ['newscast', '--library', {str(annotated)!r}, *{command.split()!r}]\n"
        "from tui.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())): main()"
        for command in commands
    ]
    for statement in (open_reader, *statements):
        assert not loaded_by(statement) & of_the_cast, statement


def test_a_wheel_holds_the_two_packages(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"search", "tui"}
    assert {"search/cast/places.tsv", "tui/newscast.tcss"} <= set(names)
    assert {name for name in names if name.startswith("tui/docs/")} == {f"tui/docs/{topic}.md" for topic in topics}
    model = [entry for entry in zipfile.ZipFile(wheel).infolist() if "/network/" in entry.filename]
    assert {Path(entry.filename).name for entry in model} == {
        "network.onnx", "tokenizer.json", "ranker.npz", "version", "card.md"
    }  # fmt: skip
    assert sum(entry.file_size for entry in model) <= 25_000_000
