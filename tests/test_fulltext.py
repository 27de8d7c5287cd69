"""The index: it survives many small commits, changes, deletions and merges, and detects damage."""

from __future__ import annotations

import contextlib
import random
from functools import partial

import pytest

from search import Document, FullTextDamagedError, Paragraph
from search.fulltext import FullText
from search.fulltext.cache import Cache
from search.fulltext.segment import Segment


def build_document(*paragraphs: str, title: str | None = None) -> Document:
    texts = tuple(Paragraph(index, text) for index, text in enumerate(paragraphs))
    return Document("", title, None, None, None, None, texts)


@pytest.fixture
def index(tmp_path):
    opened = FullText(tmp_path / "fulltext")
    opened.clear()
    return opened


def merge(index: FullText) -> None:
    for _ in index.merge():
        pass


def list_postings(index: FullText, words: list[str]) -> dict[str, tuple[list[int], bytes]]:
    found = {word: index.reader.read_posting_list(word) for word in words}
    return {word: (list(postings.rows), postings.weights) for word, postings in found.items()}


def find(index: FullText, word: str) -> set[int]:
    return set(index.reader.read_rows(word))


def test_hundreds_of_small_commits_leave_few_segments(index):
    for number in range(1, 201):
        index.write([(number, number, build_document(f"alpha word{number}"))])
        merge(index)
    assert len(index.reader.segments) < 25
    assert find(index, "alpha") == set(range(1, 201))
    assert find(index, "word77") == {77}
    assert index.read_revisions() == {number: number for number in range(1, 201)}


def test_a_document_written_again_takes_the_place_of_its_older_self(index):
    index.write([(1, 1, build_document("alpha")), (2, 2, build_document("alpha beta"))])
    index.write([(1, 3, build_document("gamma"))])
    assert find(index, "alpha") == {2}
    assert find(index, "gamma") == {1}
    assert index.reader.count == 2
    assert index.read_revisions() == {1: 3, 2: 2}


def test_of_a_document_twice_in_one_commit_the_later_one_counts(index):
    index.write([(1, 1, build_document("alpha")), (1, 2, build_document("beta"))])
    assert (find(index, "alpha"), find(index, "beta")) == (set(), {1})


def test_what_is_gone_is_found_no_more_and_leaves_the_files_with_the_next_merge(index):
    index.write([(number, number, build_document("alpha")) for number in range(1, 5)])
    index.write((), gone=[1, 2, 3])
    assert find(index, "alpha") == {4}
    merge(index)
    (segment,) = index.reader.segments
    assert (segment.header.documents, segment.deleted) == (1, frozenset())
    assert find(index, "alpha") == {4}


def test_merging_changes_no_answer(index):
    choice = random.Random(1)
    words = [f"word{number}" for number in range(60)]
    known: dict[int, Document] = {}
    for revision in range(1, 120):
        number = choice.randrange(1, 40)
        known[number] = build_document(*(" ".join(choice.choices(words, k=9)) for _ in range(3)), title="word1 word2")
        index.write([(number, revision, known[number])])
    before = list_postings(index, words)
    many = len(index.reader.segments)
    merge(index)
    assert len(index.reader.segments) < many
    assert list_postings(index, words) == before
    for word in words:
        assert find(index, word) == {
            number
            for number, document in known.items()
            if word in f"{document.title} {document.paragraphs}".replace("'", " ").split()
        }


def test_a_text_longer_than_two_bytes_count_is_searched_to_its_end(index):
    index.write([(1, 1, build_document("alpha"))])
    index.write([(2, 2, build_document(" ".join(["filler"] * 70_000), "omega alpha"))])
    index.write([(number, number, build_document("beta")) for number in range(70_000, 70_003)])
    assert find(index, "omega") == {2}
    assert find(index, "beta") == {70_000, 70_001, 70_002}
    (positions,) = index.reader.read_positions(1, ["omega"])
    assert positions.find([2])[0][0] > 1 << 16


def test_a_word_of_a_title_weighs_more(index):
    index.write([(1, 1, build_document("alpha beta")), (2, 2, build_document("beta", title="alpha"))])
    one, other = index.reader.read_posting_list("alpha").weights
    assert other > one


def test_who_reads_sees_each_commit_and_keeps_what_it_has_while_files_go(index, tmp_path):
    other = FullText(tmp_path / "fulltext")
    for number in range(1, 30):
        held = other.reader
        index.write([(number, number, build_document(f"alpha word{number}"))])
        merge(index)
        assert find(other, "alpha") == set(range(1, number + 1))
        assert set(held.read_rows("alpha")) == set(range(1, number))


def test_each_flipped_byte_is_noticed_by_a_thorough_look(index, tmp_path):
    index.write([(1, 1, build_document("alpha beta gamma"))])
    index.mark_current(1, 1)
    (path,) = (tmp_path / "fulltext").glob("*.seg")
    whole = path.read_bytes()
    for at in random.Random(2).sample(range(len(whole)), 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert index.find_damage() == [path.name]
    path.write_bytes(whole)
    assert index.find_damage() == []


@pytest.mark.parametrize("kept", [0, 7, 200, -1])
def test_a_file_cut_short_is_one_clear_error(index, tmp_path, kept):
    index.write([(1, 1, build_document("alpha beta gamma"))])
    index.mark_current(1, 1)
    (path,) = (tmp_path / "fulltext").glob("*.seg")
    path.write_bytes(path.read_bytes()[:kept])
    assert not index.is_current(1, 1)
    with pytest.raises(FullTextDamagedError):
        FullText(tmp_path / "fulltext").reader  # noqa: B018 - to look is to open


def test_a_segment_of_a_machine_with_another_byte_order_is_refused(index, tmp_path):
    index.write([(1, 1, build_document("alpha"))])
    (path,) = (tmp_path / "fulltext").glob("*.seg")
    data = path.read_bytes()
    path.write_bytes(data[:8] + (b"b" if data[8:9] == b"l" else b"l") + data[9:])
    with pytest.raises(ValueError, match="another byte order"):
        Segment(path)


def test_the_cache_stays_within_its_room_and_what_was_not_asked_for_goes_first():
    cache, built = Cache(10), []

    def build(key):
        built.append(key)
        return 4, key

    assert "".join(cache.get((key,), partial(build, key)) for key in "abacba") == "abacba"
    assert built == ["a", "b", "c", "b", "a"]


@pytest.fixture
def large_index(index):
    """An index with one segment of many blocks, with its state."""
    choice = random.Random(3)
    words = [f"word{number}" for number in range(9_000)]
    index.write((number, number, build_document(" ".join(choice.choices(words, k=300)))) for number in range(1, 400))
    index.mark_current(399, 399)
    return index


def test_whatever_block_is_zeroed_a_search_gives_the_right_rows_or_one_clear_error(large_index, tmp_path):
    folder = tmp_path / "fulltext"
    words = [f"word{number}" for number in range(0, 9_000, 17)]
    right = {word: find(large_index, word) for word in words}
    (path,) = folder.glob("*.seg")
    whole = path.read_bytes()
    noticed = 0
    for at in range(0, len(whole), 4096):
        block = whole[at : at + 4096]
        path.write_bytes(whole[:at] + bytes(len(block)) + whole[at + len(block) :])
        opened = FullText(folder)
        try:
            assert {word: find(opened, word) for word in words} == right, f"zeros at {at}"
        except FullTextDamagedError:
            noticed += 1
            assert not opened.is_current(399, 399)
    assert noticed > 100


def test_only_what_is_read_is_checked(large_index, tmp_path):
    (path,) = (tmp_path / "fulltext").glob("*.seg")
    whole = path.read_bytes()
    path.write_bytes(whole[:100_000] + bytes(10) + whole[100_010:])
    opened = FullText(tmp_path / "fulltext")
    assert len(opened.reader.segments) == 1
    assert find(opened, "word0") == find(large_index, "word0")  # at the file's beginning


def test_a_changed_table_of_contents_is_noticed(index, tmp_path):
    index.write([(number, number, build_document("alpha")) for number in range(1, 60)])
    index.write((), gone=[7, 8])
    (path,) = (tmp_path / "fulltext").glob("*.toc")
    whole = path.read_bytes()
    for at in range(whole.index(b"StoredSegment"), len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with contextlib.suppress(FullTextDamagedError):
            assert find(FullText(tmp_path / "fulltext"), "alpha") == set(range(1, 60)) - {7, 8}


def test_an_index_that_begins_again_is_noticed_by_whoever_reads(index, tmp_path):
    index.write([(1, 1, build_document("alpha"))])
    other = FullText(tmp_path / "fulltext")
    assert find(other, "alpha") == {1}
    index.clear()
    index.write([(2, 2, build_document("alpha"))])
    assert find(other, "alpha") == {2}
