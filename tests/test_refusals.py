"""One file never ends an `add`: whatever it does to a parser, it is refused with one line, and the rest is added."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from search import Library, SourceRefusedError
from search.sources import Parser, Raw
from search.sources.tasks import Failure, Limits, Task
from search.sources.worker import _parse
from tests.conftest import root
from tui.indexer import add_in_background

megabyte = 1024**2


def add(library, *paths):
    return [addition for step in library.add([str(path) for path in paths]) for addition in step.additions]


def markdown(text):
    return Raw("bomb.md", text.encode(), ".md")


@pytest.fixture
def failing(monkeypatch):
    """A parser that raises what its makers did not think of."""
    from search.sources import parser, worker
    from search.sources.parse import parse_text

    def parse(origin, form, text):
        if "bad" in text:
            raise IndexError("pop from an\nempty list")
        return parse_text(origin, form, text)

    monkeypatch.setattr(parser, "parse_text", parse)
    monkeypatch.setattr(worker, "parse_text", parse)


def test_an_error_of_a_parser_refuses_one_file_and_its_traceback_is_in_the_log(tmp_path, failing):
    for name, text in (("a", "An article."), ("b", "A bad one."), ("c", "Another article.")):
        (tmp_path / f"{name}.txt").write_text(text)
    with Library(tmp_path / "library", recogniser="rules") as library:
        additions = add(library, tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt")
        log = library.error_log.read_text()
    assert [addition.outcome for addition in additions] == ["added", "refused", "added"]
    assert additions[1].reason == "cannot be read: IndexError: pop from an empty list"
    assert "b.txt cannot be read\nTraceback" in log
    assert f"refused: {tmp_path}/b.txt: cannot be read" in log


def test_an_error_in_the_parsing_process_comes_back_with_its_traceback(failing):
    failure = _parse(Task("bad.html", "HTML", "bad"))
    assert isinstance(failure, Failure)
    assert failure.reason == "cannot be read as HTML: IndexError: pop from an empty list"
    assert "Traceback" in failure.trace


def test_an_error_in_finding_names_refuses_one_file(tmp_path, monkeypatch):
    from search import adding

    def fail(document, recogniser):
        raise RecursionError

    monkeypatch.setattr(adding, "find_cast", fail)
    (tmp_path / "a.txt").write_text("An article.")
    with Library(tmp_path / "library", recogniser="rules") as library:
        (addition,) = add(library, tmp_path / "a.txt")
        assert (addition.outcome, addition.reason) == ("refused", "cannot be annotated: RecursionError")
        assert library.health().documents == 0


def test_a_document_whose_cast_cannot_be_found_keeps_its_names_and_holds_up_no_other(seeded, monkeypatch):
    from search import reannotate
    from search.cast.resolve import find_cast

    def find(document, recogniser):
        if document.title == "London welcomes the end of Assad and stops deciding on asylum":
            raise MemoryError
        return find_cast(document, recogniser)

    monkeypatch.setattr(reannotate, "find_cast", find)
    monkeypatch.setattr(reannotate, "read_version", lambda name: f"{name} 2")
    with Library(seeded, recogniser="rules") as library:
        before = library.actor("David Lammy").mentions
        steps = list(library.annotate())
        assert steps[-1].done == steps[-1].total == 17
        assert library.actor("David Lammy").mentions == before
        assert "MemoryError" in library.error_log.read_text()


def test_a_malformed_address_costs_an_article_its_source_alone(tmp_path):
    (tmp_path / "a.md").write_text("---\nurl: http://[evil/2024\n---\n\nWords.\n")
    with Library(tmp_path / "library", recogniser="rules") as library:
        (addition,) = add(library, tmp_path / "a.md")
        assert addition.outcome == "added"
        assert library.document(addition.document).source is None


def test_a_text_that_takes_too_long_to_parse_is_refused_and_the_next_one_is_read():
    with Parser(Limits(seconds=1)) as parser:
        with pytest.raises(SourceRefusedError, match="takes too long to parse: more than 1 seconds"):
            parser.parse(markdown("[" * 2_000_000))
        assert parser.parse(markdown("# Title\n\nWords.")).title == "Title"


def test_a_text_that_takes_too_much_memory_to_parse_is_refused_and_the_next_one_is_read():
    with Parser(Limits(seconds=60, memory=150 * megabyte)) as parser:
        with pytest.raises(SourceRefusedError, match="takes too much memory to parse: more than 150 MB"):
            parser.parse(markdown("**a " * 500_000))
        assert parser.parse(markdown("# Title\n\nWords.")).title == "Title"


def test_a_parsing_process_that_was_killed_is_started_again():
    with Parser() as parser:
        parser.parse(markdown("Words."))
        assert parser._process is not None
        os.kill(parser._process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, parser._process.pid, os.WEXITED | os.WNOWAIT)
        assert parser.parse(markdown("# Title\n\nWords.")).title == "Title"


def test_closing_ends_the_parsing_process():
    parser = Parser()
    parser.parse(markdown("Words."))
    assert parser._process is not None
    process = parser._process
    parser.close()
    assert process.poll() is not None


@pytest.mark.skipif(sys.platform != "linux", reason="waits for a process that is no child")
def test_the_parsing_process_ends_when_its_owner_is_killed():
    code = (
        "import sys; from search.sources import Parser, Raw; parser = Parser(); "
        "parser.parse(Raw('a.md', b'Words.', '.md')); print(parser._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        worker = os.pidfd_open(int(owner.stdout.readline()))
        owner.kill()
        readable, _, _ = select.select([worker], [], [], 60)
        os.close(worker)
    assert readable


def test_plain_text_needs_no_parsing_process():
    with Parser() as parser:
        parser.parse(Raw("a.txt", b"Words."))
        assert parser._process is None


def test_a_book_is_no_article():
    with Parser() as parser, pytest.raises(SourceRefusedError, match="longer than 1,000,000 characters"):
        parser.parse(Raw("book.txt", b"Words and words. \n" * 70_000))


def run_add(folder, *arguments, cwd=root):
    return subprocess.run(
        [sys.executable, "-P", "-m", "tui.cli", "--library", str(folder), "add", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip


def test_bombs_of_markup_end_and_the_article_beside_them_is_added(tmp_path):
    bombs = tmp_path / "bombs"
    bombs.mkdir()
    (bombs / "1.html").write_text("<html><body><p>" + "<span>" * 100_000 + "x")
    (bombs / "2.html").write_text("<html><body><p class='" + "a " * 200_000 + "'>x")
    (bombs / "3.md").write_text("# " + " #" * 100_000)
    (bombs / "4.txt").write_text("An article about Homs.")
    done = run_add(tmp_path / "library", bombs)
    assert "1 added" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("refused: ") == 3


def test_many_refusals_are_counted_by_reason_and_listed_in_the_log(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    for number in range(30):
        (articles / f"{number:02}.txt").write_text(" ")
        (articles / f"{number:02}.xml").write_text("<rss></rss>")
    done = run_add(tmp_path / "library", articles)
    said = done.stderr.splitlines()
    log = tmp_path / "library" / "errors.log"
    assert len([line for line in said if line.startswith("refused: /")]) == 20
    assert f"refused: 40 more; {log} lists all of them" in said
    assert "30 times: empty" in said
    assert "30 times: a feed (RSS), not an article" in said
    assert log.read_text().count(" refused: ") == 60


async def test_adding_in_the_background_says_what_was_refused_and_why(tmp_path):
    (tmp_path / "a.txt").write_text("An article.")
    (tmp_path / "\x1b[31mb.txt").write_text("")
    steps = [step async for step in add_in_background(tmp_path / "library", "rules", [str(tmp_path)])]
    assert [step.error for step in steps if step.error] == []
    refusals = [refusal for step in steps for refusal in step.refusals]
    assert (f"{tmp_path}/b.txt", "empty") in refusals


async def test_a_folder_that_holds_modules_of_the_same_names_changes_nothing(tmp_path, monkeypatch):
    for name in ("search", "tui", "markdown_it"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    (tmp_path / "a.md").write_text("An article.")
    monkeypatch.chdir(tmp_path)
    steps = [step async for step in add_in_background(tmp_path / "library", "rules", [str(tmp_path / "a.md")])]
    assert [step.error for step in steps if step.error] == []
    assert steps[-1].counts == {"added": 1}
