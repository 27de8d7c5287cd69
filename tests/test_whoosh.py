"""Whoosh opens the index without newscast's help and finds the documents that newscast finds."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from whoosh import qparser, sorting
from whoosh.index import open_dir

from search import FullTextDamagedError, Library, Query
from search.query import Fuzzy, parse_query
from search.text import fold
from tests.conftest import seeds
from tests.test_answers import build_article, words

plain_words = sorted({*(word.lower() for word in words if word.lower().isalnum()), "aleppo", "government", "nosuch"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the seeds and of articles added in several steps; some were changed since, some removed."""
    folder = tmp_path_factory.mktemp("whoosh")
    choice = random.Random(11)
    with Library(folder / "library", recogniser="rules") as library:
        add(library, seeds)
        for step in range(9):
            articles = folder / f"articles{step}"
            articles.mkdir()
            for name in range(200 if step == 4 else 1 + step):
                (articles / f"{name}.md").write_text(build_article(choice), "utf-8")
            add(library, articles)
        for step in range(3, 6):
            (folder / f"articles{step}" / "0.md").write_text(build_article(choice), "utf-8")
            add(library, folder / f"articles{step}")
        library.remove([hit.summary.id for hit in library.search(Query("harbour"), 0, 4).hits])
    return folder / "library"


def add(library: Library, path: Path) -> None:
    for _ in library.add([str(path)]):
        pass


@pytest.fixture
def searcher(folder):
    with open_dir(str(folder / "fulltext")).searcher() as opened:
        yield opened


def ask(searcher, text: str, **options) -> list[dict[str, Any]]:
    query = qparser.QueryParser("text", searcher.schema).parse(text)
    return [hit.fields() for hit in searcher.search(query, limit=None, **options)]


def find(searcher, text: str) -> set[str]:
    found = [fields["id"] for fields in ask(searcher, text)]
    assert len(set(found)) == len(found)
    return set(found)


def find_own(library: Library, text: str) -> set[str]:
    return {hit.summary.id for hit in library.search(Query(text), 0, 1_000).hits}


def test_a_python_that_knows_only_whoosh_opens_the_index_and_searches_it(folder, tmp_path):
    code = (
        "import json, sys\nfrom whoosh.index import open_dir\nfrom whoosh.qparser import QueryParser\n"
        "index = open_dir(sys.argv[1])\n"
        "found = index.searcher().search(QueryParser('text', index.schema).parse('aleppo'), limit=None)\n"
        "print(json.dumps([index.doc_count(), sorted(index.schema.names()), sorted(hit['id'] for hit in found)]))"
    )
    command = [sys.executable, "-c", code, str(folder / "fulltext")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    with Library(folder) as library:
        total, own = library.search(Query(""), 0, 1).total, find_own(library, "aleppo")
    assert own
    assert json.loads(done.stdout) == [total, ["date", "id", "source", "text", "title", "url"], sorted(own)]


def test_the_index_has_several_segments_one_of_more_than_a_block_and_deleted_documents(searcher):
    readers = [reader for reader, _ in searcher.reader().leaf_readers()]
    assert len(readers) > 2
    assert max(reader.doc_count_all() for reader in readers) > 64
    assert any(reader.has_deletions() for reader in readers)


def build_leaf(choice: random.Random, words: list[str], year: int) -> tuple[str, str]:
    """Build a query for newscast and the same query for Whoosh."""
    at = choice.randrange(len(words) - 1)
    word, other = words[at : at + 2] if choice.random() < 0.5 else choice.choices(words, k=2)
    since, until = sorted(f"{year}-{choice.randrange(1, 13):02}-{choice.randrange(1, 28):02}" for _ in range(2))
    beginning = word[: choice.randrange(3, 9)]
    source, number = choice.choice(["europe", "étoile", "example", '"voice of europe"']), choice.randrange(9)
    return choice.choice(
        [
            (word, word),
            (f'"{word} {other}"', f'"{word} {other}"'),
            (f"{beginning}*", f"{beginning}*"),
            (f"title:{word}", f"title:{word}"),
            (f'title:"{word} {other}"', f'title:"{word} {other}"'),
            (f"{word}-{other}", f"{word}-{other}"),
            (f"date:{since}..{until}", f"date:[{since} TO {until}]"),
            (f"since:{since}", f"date:[{since} TO]"),
            (f"until:{until}", f"date:[TO {until}]"),
            (f"source:{source}", f"source:{source}"),
            (f"url:example.org/{number}", f"url:*example.org/{number}*"),
        ]
    )


def build_question(choice: random.Random, words: list[str], year: int, depth: int = 0) -> tuple[str, str]:
    if depth == 2 or choice.random() < 0.4:
        return build_leaf(choice, words, year)
    parts = [build_question(choice, words, year, depth + 1) for _ in range(choice.randrange(2, 4))]
    own, whooshs = zip(*parts, strict=True)
    match choice.randrange(3):
        case 0:
            return f"({' '.join(own)})", f"({' '.join(whooshs)})"
        case 1:
            return f"({' OR '.join(own)})", f"({' OR '.join(whooshs)})"
        case _:
            return f"({own[0]} -({own[1]}))", f"({whooshs[0]} NOT ({whooshs[1]}))"


def test_whoosh_and_newscast_give_the_same_documents_for_five_hundred_questions(folder, searcher):
    choice = random.Random(5)
    with Library(folder) as library:
        compare(library, searcher, [build_question(choice, plain_words, 2024) for _ in range(500)])


def compare(library: Library, searcher, questions: list[tuple[str, str]]) -> None:
    found = 0
    for own, whooshs in questions:
        expected = find_own(library, own)
        assert find(searcher, whooshs) == expected, (own, whooshs)
        found += bool(expected)
    assert found > len(questions) // 3


def test_whoosh_and_newscast_give_the_same_documents_for_real_articles(shared_folder, tmp_path):
    from benchmarks.search_corpus import read_articles
    from benchmarks.search_engines import Newscast

    articles = list(islice(read_articles(shared_folder), 1_000))
    Newscast(tmp_path / "real").build(articles)
    choice = random.Random(6)
    texts = [paragraph.text for article in articles for paragraph in article.paragraphs[:1]]
    sample = " ".join(choice.sample(texts, 200)).lower().split()
    words = [word for word in sample if word.isalpha() and len(word) > 1]
    questions = [build_question(choice, words, 1987) for _ in range(150)]
    with Library(tmp_path / "real") as library, open_dir(str(tmp_path / "real" / "fulltext")).searcher() as searcher:
        compare(library, searcher, questions)


@pytest.mark.parametrize(
    "text", ["U.N.", "don't", "Zürich", "ZURICH", "Straße", "Assad’s", "al-Assad", "naïve", "İzmir", "İz*", "REB*"]
)
def test_words_are_cut_and_folded_alike(folder, searcher, text):
    with Library(folder) as library:
        expected = find_own(library, text)
    assert expected
    assert find(searcher, text) == expected


def test_a_misspelt_word_is_found(folder, searcher):
    parser = qparser.QueryParser("text", searcher.schema)
    parser.add_plugin(qparser.FuzzyTermPlugin())
    with Library(folder) as library:
        for word in ("rebbels", "damascs", "cityy", "read", "alepo"):
            fuzzy = parse_query(f"{word}~").node
            assert isinstance(fuzzy, Fuzzy)
            found = searcher.search(parser.parse(f"{word}~{fuzzy.distance}"), limit=None)
            expected = find_own(library, f"{word}~")
            assert expected
            assert {hit["id"] for hit in found} == expected, word


@pytest.mark.parametrize(("is_newest_first", "order"), [(False, "old"), (True, "date")])
def test_documents_are_sorted_by_date_the_undated_last(folder, searcher, is_newest_first, order):
    with Library(folder) as library:
        hits = library.search(Query(f"the sort:{order}"), 0, 1_000).hits
    facet = sorting.FieldFacet("date", reverse=is_newest_first)
    dates = [fields.get("date") for fields in ask(searcher, "the", sortedby=facet)]
    assert dates[-1] is None
    assert [found and found.date() for found in dates] == [hit.summary.published for hit in hits]


def test_documents_are_sorted_by_title(searcher):
    titles = [str(fields["title"]) for fields in ask(searcher, "the", sortedby="title")]
    assert len(titles) > 20
    assert titles == sorted(titles, key=str.encode)


def test_documents_are_grouped_by_source_and_by_date(searcher):
    query = qparser.QueryParser("text", searcher.schema).parse("the")
    results = searcher.search(query, limit=None, groupedby=["source", "date"])
    by_source, by_date = results.groups("source"), results.groups("date")
    assert {"voice of europe", "etoile", "example news"} <= {fold(source) for source in by_source}
    assert sum(map(len, by_source.values())) == sum(map(len, by_date.values())) == len(results)


def test_the_analyzer_makes_the_terms_that_the_index_has(library):
    fields = [library.document(hit.summary.id) for hit in library.search(Query(""), 0, 100).hits]
    texts = ["\n".join((each.title or "", *(part.text for part in each.paragraphs))) for each in fields]
    with open_dir(str(library.folder / "fulltext")).searcher() as searcher:
        made = {term for text in texts for term, *_ in searcher.schema["text"].index(text)}
        assert made == set(searcher.lexicon("text"))


def test_a_hit_has_the_fields_of_its_document(folder, searcher):
    with Library(folder) as library:
        for fields in ask(searcher, "*:*"):
            document = library.document(str(fields["id"]))
            own = {"title": document.title, "source": document.source, "url": document.url}
            day = document.published
            assert fields.pop("date", None) == (day and datetime.combine(day, time()))
            assert fields == {"id": document.id, **{name: value for name, value in own.items() if value}}


def test_an_id_finds_its_one_document(searcher):
    identifiers = [str(fields["id"]) for fields in ask(searcher, "*:*")]
    assert len(identifiers) == searcher.doc_count()
    assert all(find(searcher, f"id:{identifier}") == {identifier} for identifier in identifiers)


def test_the_best_ten_are_the_first_ten_of_all(searcher):
    """Whoosh skips documents that cannot be among the best, so the bounds from the codec must be right."""
    parser = qparser.QueryParser("text", searcher.schema, group=qparser.OrGroup)
    for text in ("the rebels", "city war peace", "assad", "damascus title:city"):
        query = parser.parse(text)
        best = [hit.score for hit in searcher.search(query, limit=10)]
        assert best == [hit.score for hit in searcher.search(query, limit=None)][:10]


def test_the_terms_of_a_field_are_in_order_and_have_their_documents(searcher):
    for reader, _ in searcher.reader().leaf_readers():
        terms = list(reader.all_terms())
        assert terms == sorted(terms)
        for name, term in terms:
            matcher = reader.postings(name, term)
            documents = list(matcher.all_ids())
            assert documents == sorted(set(documents))
            assert not any(map(reader.is_deleted, documents))
            assert len(documents) <= reader.doc_frequency(name, term)
        middle = terms[len(terms) // 2]
        assert list(reader.terms_from(*middle)) == terms[len(terms) // 2 :]


def test_whoosh_knows_where_a_word_stands(build_library):
    library = build_library(a="Rebels take city\n\nThe rebels said so.\n\nSo the city said.")
    with open_dir(str(library.folder / "fulltext")).searcher() as searcher:
        matcher = searcher.postings("text", "rebel")
        assert (matcher.weight(), matcher.value_as("positions")) == (2.0, [0, 5])
        assert searcher.postings("title", "rebel").value_as("positions") == [0]
        # No phrase crosses the end of a title or a paragraph.
        assert find(searcher, '"the rebels said so"')
        assert not find(searcher, '"city the"')
        assert not find(searcher, '"so so"')


def test_whoosh_is_told_of_damage_instead_of_reading_it(library):
    (path,) = (library.folder / "fulltext").glob("*.seg")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9_000] + bytes(9_000 - 500) + whole[-500:])
    with open_dir(str(library.folder / "fulltext")).searcher() as searcher, pytest.raises(FullTextDamagedError):
        ask(searcher, "*:*")


def test_what_whoosh_writes_into_the_index_newscast_puts_right(library):
    index = open_dir(str(library.folder / "fulltext"))
    before = find_own(library, "aleppo")
    writer = index.writer()
    writer.add_document(id="stranger", title="Aleppo", text="Aleppo")
    writer.commit()
    assert library.is_behind()
    for _ in library.repair():
        pass
    assert find_own(library, "aleppo") == before
    with open_dir(str(library.folder / "fulltext")).searcher() as searcher:
        assert find(searcher, "aleppo") == before
