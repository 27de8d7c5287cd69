"""Fixtures for all tests: the seeds, a library of them, and an empty home."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from search import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.feed_server import Desk
    from tests.serving import Server
    from tests.terminal import Terminal

# No test asserts a time, and a busy machine takes its own.
hypothesis.settings.register_profile("newscast", deadline=None)
hypothesis.settings.load_profile("newscast")

root = Path(__file__).parent.parent
seeds = root / "seeds"
shared = root.parent / "shared"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own home, so that no test reads or writes your files."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.setenv(name, str(home))
    # Rules are quick, and what tests of the screen expect does not change with the model.
    (home / "newscast").mkdir()
    (home / "newscast" / "settings.toml").write_text('recogniser = "rules"\n')
    for name in ("NEWSCAST_LIBRARY", "NEWSCAST_SETTINGS", "NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(scope="session")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the seeds, annotated by rules. Copy it; do not change it."""
    folder = tmp_path_factory.mktemp("seeded") / "library"
    with Library(folder, recogniser="rules") as library:
        for _ in library.add([str(seeds)]):
            pass
    return folder


@pytest.fixture(scope="session")
def annotated_folder(seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the seeds with the whole cast, annotated by the trained recogniser. Copy it; do not change it."""
    folder = Path(shutil.copytree(seeded_folder, tmp_path_factory.mktemp("annotated") / "library"))
    with Library(folder) as library:
        for _ in library.annotate():
            pass
    return folder


@pytest.fixture
def annotated(annotated_folder: Path, tmp_path: Path) -> Path:
    """A copy of the library of the seeds with the whole cast."""
    return Path(shutil.copytree(annotated_folder, tmp_path / "annotated"))


@pytest.fixture
def seeded(seeded_folder: Path, tmp_path: Path) -> Path:
    """A copy of the library of the seeds, annotated by rules."""
    return Path(shutil.copytree(seeded_folder, tmp_path / "library"))


@pytest.fixture
def library(seeded: Path) -> Iterator[Library]:
    """The library of the seeds, open."""
    with Library(seeded, recogniser="rules") as opened:
        yield opened


@pytest.fixture
def build_library(tmp_path: Path) -> Iterator[Callable[..., Library]]:
    """Build a library of texts, given as file name=text."""
    opened: list[Library] = []

    def build(**texts: str) -> Library:
        folder = tmp_path / f"articles{len(opened)}"
        folder.mkdir()
        for name, text in texts.items():
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        library = Library(tmp_path / f"built{len(opened)}", recogniser="rules")
        opened.append(library)
        for _ in library.add([str(folder)]):
            pass
        return library

    yield build
    for library in opened:
        library.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A library that subscribes to feeds of a server on loopback."""
    from tests.feed_server import Desk, FeedServer

    server = FeedServer()
    opened = Desk(tmp_path / "library", server)
    yield opened
    opened.library.close()
    server.close()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, root],
        check=True, capture_output=True,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def shared_folder() -> Path:
    """The folder `shared`, which developers and CI have beside the checkout."""
    if not shared.is_dir():
        pytest.skip("needs ../shared, which is not here")
    return shared


@pytest.fixture
def serve(tmp_path: Path, seeded: Path) -> Iterator[Callable[..., Server]]:
    """Start servers for the library of the seeds, or for another one."""
    from tests.serving import Server

    servers: list[Server] = []

    def start(
        *arguments: str, library: Path = seeded, settings: str = "", environment: Mapping[str, str] | None = None
    ) -> Server:
        folder = tmp_path / f"server{len(servers)}"
        folder.mkdir()
        servers.append(Server(folder, library, *arguments, settings=settings, environment=environment))
        return servers[-1]

    yield start
    for server in servers:
        server.end()


@pytest.fixture(scope="session")
def standing_server(seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not stop it."""
    from tests.serving import Server

    started = Server(tmp_path_factory.mktemp("server"), seeded_folder, settings="tries_per_minute = 1000\n")
    yield started
    started.end()


@pytest.fixture
def server(standing_server: Server) -> Server:
    """The running server, reset to its first state."""
    standing_server.renew()
    return standing_server


@pytest.fixture
def open_(server: Server) -> Iterator[Callable[..., Terminal]]:
    """Open the reader over ssh."""

    opened: list[Terminal] = []

    def open_terminal(**settings: object) -> Terminal:
        opened.append(server.open(**settings))  # type: ignore[arg-type]
        return opened[-1]

    yield open_terminal
    for terminal in opened:
        terminal.end()


older_names = (
    "DROP TABLE copies; DROP TABLE sketches; DROP TABLE sketch_hashes;"
    "DROP TABLE entries; DROP TABLE feeds; ALTER TABLE document_actors RENAME TO appearances;"
    " ALTER TABLE mentions RENAME COLUMN document_actor TO appearance;"
    " ALTER TABLE corrections RENAME COLUMN document_actor TO appearance;"
    " DROP INDEX document_actors_by_document; CREATE INDEX appearances_by_document ON appearances (document);"
    " DROP INDEX document_actors_by_actor; CREATE INDEX appearances_by_actor ON appearances (actor, document);"
    " DROP INDEX document_actors_by_short; CREATE INDEX appearances_by_short ON appearances (short);"
)
"""SQL that gives the tables of library.db the names of its first eight versions."""


@pytest.fixture
def open_terminal() -> Iterator[Callable[..., Terminal]]:
    """Open newscast on real terminals, which end after the test."""
    from tests.terminal import Terminal, newscast

    opened: list[Terminal] = []

    def open_(*arguments: object, **settings: object) -> Terminal:
        terminal = Terminal(newscast(*map(str, arguments)), **settings)  # type: ignore[arg-type]
        opened.append(terminal)
        return terminal

    yield open_
    for terminal in opened:
        terminal.end()


@pytest.fixture
def reader(open_terminal: Callable[..., Terminal], seeded: Path) -> Terminal:
    """The reader on the seeds, on a real terminal."""
    terminal = open_terminal("--library", seeded)
    terminal.wait_for("of 17 articles")
    terminal.settle()
    return terminal
