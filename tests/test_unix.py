"""newscast among other programs: full and closed streams, pipes without a reader, odd arguments, no rights, Ctrl+C."""

from __future__ import annotations

import ast
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search import Library, Query
from tests.conftest import root, seeds
from tui.indexer import add_in_background

_drop_capability, _ignore_rights, _search_anywhere = 24, 1, 2  # of prctl and of Linux's capabilities
_command = [sys.executable, "-P", "-m", "tui"]
_whole_output = [
    ["--version"],
    ["search", "--help"],
    ["search", "syria"],
    ["search", "--json", "--facets", "syria"],
    ["show", "--json", "ID"],
    ["actors"],
    ["mentions", "--json", "bashar-al-assad"],
    ["doctor", "--json"],
    ["annotate", "documents.jsonl"],
    ["add", "--json", str(seeds)],
    ["search", "--saved"],
]


def obey_rights() -> None:
    """Root, too, may then not do what a file's rights do not allow."""
    if os.geteuid() == 0:
        library = ctypes.CDLL(None)
        for capability in (_ignore_rights, _search_anywhere):
            library.prctl(_drop_capability, capability, 0, 0, 0)


def run(
    *arguments: object, folder: Path | None = None, shell: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run newscast, with `shell` behind its command line as a shell reads it."""
    command = [*map(os.fsencode, _command), *(os.fsencode(str(argument)) for argument in arguments)]
    if shell:
        command = [b"bash", b"-c", f'"$@" {shell}'.encode(), b"bash", *command]
    known = {name: value for name, value in (os.environ | environment).items() if value}
    return subprocess.run(
        command, cwd=folder, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        timeout=60, check=False, preexec_fn=obey_rights,
    )  # fmt: skip


@pytest.fixture
def prepared(seeded, tmp_path):
    """A library, a saved search, and a document to annotate."""
    (tmp_path / "documents.jsonl").write_text('{"id": "a", "paragraphs": ["Bashar al-Assad left Homs."]}\n')
    run("search", "--save", "drugs", "captagon", NEWSCAST_LIBRARY=str(seeded))
    return tmp_path


@pytest.mark.parametrize("arguments", _whole_output, ids=" ".join)
def test_every_command_ends_as_a_unix_tool_does(prepared, seeded, arguments):
    with Library(seeded, read_only=True) as library:
        identifier = library.search(Query(""), 0, 1).hits[0].summary.id
    words = [identifier if word == "ID" else word for word in arguments]

    def end(shell: str):
        return run(*words, folder=prepared, shell=shell, NEWSCAST_LIBRARY=str(seeded))

    with ThreadPoolExecutor(1 if "add" in arguments else 3) as pool:  # one writer at a time
        full, closed, unread = pool.map(end, (">/dev/full", ">&-", "| true; exit ${PIPESTATUS[0]}"))
    assert (full.returncode, full.stderr) == (1, "newscast: standard output: No space left on device\n")
    assert (closed.returncode, closed.stderr) == (1, "newscast: standard output: Bad file descriptor\n")
    assert (unread.returncode, unread.stderr) == (141, "")


def test_messages_that_are_lost_are_told_by_the_exit_status(seeded):
    def end(shell: str) -> int:
        return run("--library", seeded, "search", "syria", shell=shell).returncode

    assert end(">/dev/null 2>/dev/full") == 1
    assert end(">/dev/null 2>&-") == 0  # who closes it wants none
    assert end("2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}") == 141


def test_an_error_that_nobody_reads_keeps_its_status(tmp_path):
    assert run("--library", tmp_path / "none", "search", "x", shell="2>/dev/full").returncode == 1
    assert run("search", "--nosuch", shell="2>&-").returncode == 2


def test_closed_standard_input_cannot_be_read(tmp_path):
    done = run("annotate", shell="<&-")
    assert (done.returncode, done.stderr) == (1, "newscast: Bad file descriptor\n")
    done = run("--library", tmp_path / "library", "add", "-", shell="<&-")
    assert done.returncode == 1
    assert "bad file descriptor" in done.stderr


def test_no_file_of_the_library_is_taken_for_a_closed_stream(seeded):
    before = (seeded / "library.db").read_bytes()
    run("--library", seeded, "add", "--json", seeds / "nothing", shell=">&- 2>&- <&-")
    assert (seeded / "library.db").read_bytes() == before


latin = "caf\udce9"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["show", latin], 1, "newscast: no document"),
        (["actors", latin], 1, "newscast: no actor has"),
        (["mentions", latin], 1, "newscast: no actor"),
        (["search", f"person:{latin} url:{latin} source:{latin} {latin}*"], 0, "newscast: no person"),
        (["search", f"@{latin}"], 1, "newscast: no saved search"),
        (["search", "--save", latin, "x"], 2, "newscast: “caf"),
        (["search", "--forget", latin], 1, "newscast: no saved search"),
        (["search", f"--{latin}", "x"], 2, "newscast: No such option"),
        (["--user", latin, "search", "x"], 1, "newscast: “caf"),
        (["--library", latin, "search", "x"], 1, "newscast: no library in"),
        ([latin], 2, "newscast: no file, folder or command “caf"),
        (["add", latin], 1, "refused: "),
        (["annotate", latin], 2, "newscast: Invalid value"),
        (["--library", "~nosuchuser/x", "search", "x"], 1, "newscast: the library ~nosuchuser/x: there is no such"),
        (["--library", "", "search", "x"], 2, "newscast: Invalid value for '--library': it must not be empty"),
        (["search", "--offset", "9" * 20, "x"], 2, "newscast: Invalid value for '--offset'"),
        (["search", "--offset", "9" * 5_000, "x"], 2, "newscast: Invalid value for '--offset'"),
        (["search", "--limit", "9" * 20, "x"], 2, "newscast: Invalid value for '--limit'"),
        (["search", "--offset", "999999999", "x"], 0, "0 articles"),
    ],
)
def test_an_odd_argument_is_one_short_line(seeded, tmp_path, arguments, status, said):
    done = run(*arguments, folder=tmp_path, NEWSCAST_LIBRARY=str(seeded))
    first, *others = done.stderr.splitlines()
    assert done.returncode == status
    assert first.startswith(said)
    assert len(first) < 600
    assert all(other in {"0 articles", "0 added, 0 changed, 0 skipped, 1 refused"} for other in others)
    assert done.stdout == ""


def make_odd(path: Path, kind: str) -> None:
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(1 << 30)
    elif kind == "loop":
        path.symlink_to(path)
    else:
        path.write_text({"brackets": "x = " + "[" * 10_000, "tables": "x = " + "{a=" * 10_000, "unreadable": ""}[kind])
        path.chmod(0 if kind == "unreadable" else 0o600)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("fifo", "not a regular file"),
        ("folder", "cannot be read: Is a directory"),
        ("huge", "larger than 1,000 kB"),
        ("loop", "cannot be read: Too many levels of symbolic links"),
        ("brackets", "too many brackets within each other"),
        ("tables", "too many brackets within each other"),
        ("unreadable", "cannot be read: Permission denied"),
    ],
)
def test_settings_that_cannot_be_read_are_one_line(tmp_path, kind, said):
    path = tmp_path / "settings.toml"
    make_odd(path, kind)
    done = run("search", "x", NEWSCAST_SETTINGS=str(path))
    assert (done.returncode, done.stderr) == (1, f"newscast: {path}: {said}\n")


@pytest.mark.parametrize("state", ['{"schema": 1e400}', "[" * 100_000, '{"schema": 3, "files": {"a": [1e400, 0]}}'])
def test_an_index_whose_state_makes_no_sense_is_built_again(seeded, state):
    (seeded / "fulltext" / "state.json").write_text(state)
    done = run("--library", seeded, "search", "captagon")
    assert (done.returncode, done.stderr) == (0, "1 article\n")


@pytest.mark.parametrize("what", ["library", "library/library.db", "state", "settings", "articles"])
def test_without_rights_there_is_one_line(seeded, tmp_path, own_home, what):
    state, articles = own_home / "state", tmp_path / "articles"
    state.mkdir()
    articles.mkdir()
    (articles / "a.txt").write_text("An article about Homs.")
    closed = {"library": seeded, "library/library.db": seeded / "library.db", "state": state, "articles": articles,
              "settings": own_home / "newscast"}[what]  # fmt: skip
    arguments = {"articles": ["add", articles], "state": ["search", "@x"]}.get(what, ["search", "captagon"])
    mode = closed.stat().st_mode
    closed.chmod(0)
    try:
        done = run(*arguments, NEWSCAST_LIBRARY=str(seeded), XDG_STATE_HOME=str(state))
    finally:
        closed.chmod(mode)
    first, *others = done.stderr.splitlines()
    assert done.returncode == 1
    assert "ermission denied" in first or "unable to open" in first
    assert others in (
        [],
        ["0 added, 0 changed, 0 skipped, 1 refused"],
        ["newscast: no saved search “x”; newscast search --saved lists them"],
    )


def test_without_home_terminal_and_language_the_commands_work(seeded):
    command = ["env", "-i", *_command, "--library", str(seeded), "search", "captagon"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "1 article\n")


def test_somebody_without_a_home_is_told_what_to_set(tmp_path):
    code = (
        "import os, pwd\n"
        "def unknown(number): raise KeyError(number)\n"
        "pwd.getpwuid = unknown\n"
        "from tui.entry import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "search", "x"], cwd=tmp_path, env={}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("newscast: there is no home folder: set HOME")
    assert list(tmp_path.iterdir()) == []


def test_in_a_folder_that_is_gone_one_line_says_so(seeded, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()

    def leave() -> None:
        os.chdir(folder)
        folder.rmdir()

    def end(*arguments: str) -> subprocess.CompletedProcess[str]:
        folder.mkdir(exist_ok=True)
        command = [*_command, "--library", str(seeded), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=leave)

    assert end("search", "captagon").stderr == "1 article\n"
    done = end("add", "a.txt")
    assert done.returncode == 1
    assert done.stderr == "newscast: the present folder does not exist any more; change to another one\n"


def test_an_error_that_nobody_expected_is_one_line_and_a_log(seeded, own_home):
    code = (
        "import sys, tui.cli, search\n"
        "def fail(*_, **__): raise ZeroDivisionError('nobody expected this')\n"
        "search.Library.search = fail\n"
        f"sys.argv = ['newscast', '--library', {str(seeded)!r}, 'search', 'x']\ntui.cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    log = own_home / "newscast" / "crash.log"
    said = f"newscast: stopped by an error of its own, ZeroDivisionError; the whole of it is in {log}\n"
    assert (done.returncode, done.stderr) == (1, said)
    assert "nobody expected this" in log.read_text()


def test_ctrl_c_while_starting_is_130_without_a_traceback(tmp_path):
    """The first import of the program proper waits, as a slow disk would make it, until it was interrupted."""
    ready = tmp_path / "ready"
    code = (
        "import builtins, pathlib, time\nimport tui.entry\nreal = builtins.__import__\n"
        "def slow(name, *rest):\n"
        "    if name == 'tui.cli':\n"
        f"        pathlib.Path({str(ready)!r}).touch()\n"
        "        time.sleep(60)\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = slow\ntui.entry.main()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=root, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 30
    while not ready.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert (process.communicate(timeout=30)[1], process.returncode) == ("", 130)


def test_the_command_begins_with_next_to_nothing():
    (script,) = (line for line in (root / "pyproject.toml").read_text().splitlines() if line.startswith("newscast ="))
    assert script == 'newscast = "tui.entry:main"'
    code = "import sys; before = set(sys.modules); import tui.entry; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"__future__", "enum", "signal", "tui", "tui.entry", "functools", "collections",
        "itertools", "keyword", "operator", "reprlib", "types", "_collections", "_functools", "_operator"}  # fmt: skip


@pytest.fixture
def hostile_folder(tmp_path):
    """A folder whose modules are named as those of newscast and of Python, and tell when they are imported."""
    folder = tmp_path / "hostile"
    (folder / "tui").mkdir(parents=True)
    for name in ("search.py", "json.py", "asyncio.py", "tui/__init__.py", "tui/indexer.py", "click.py"):
        (folder / name).write_text(f"open({str(tmp_path / 'imported')!r}, 'a').write({name!r})\nraise SystemExit(99)")
    (folder / "article.txt").write_text("HOMS, 7 December 2024 — It rained in Homs, said Hakan Fidan.\n")
    return folder


async def test_adding_in_the_background_imports_nothing_from_the_folder_it_was_started_in(
    hostile_folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(hostile_folder)
    steps = [step async for step in add_in_background(tmp_path / "library", "rules", ["article.txt"])]
    assert (steps[-1].error, steps[-1].counts) == (None, {"added": 1})
    assert not (tmp_path / "imported").exists()


def test_the_command_imports_nothing_from_the_folder_it_was_started_in(hostile_folder, tmp_path):
    script = Path(sys.executable).with_name("newscast")
    if not script.exists():
        pytest.skip("needs the command, which is not installed here")
    command = [str(script), "--library", str(tmp_path / "library"), "add", "--json", "."]
    done = subprocess.run(command, cwd=hostile_folder, capture_output=True, text=True, check=False)
    assert not (tmp_path / "imported").exists()
    assert {json.loads(line)["outcome"] for line in done.stdout.splitlines()} == {"added"}


def test_every_process_of_python_is_started_without_the_present_folder():
    for path in [*root.glob("search/**/*.py"), *root.glob("tui/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call | ast.List | ast.Tuple):
                parts = node.args if isinstance(node, ast.Call) else node.elts
                written = [ast.unparse(part) for part in parts]
                assert "sys.executable" not in written or "'-P'" in written, f"{path}: {ast.unparse(node)}"
