"""Files of any format become documents by stated rules, or are refused with one clear line."""

from __future__ import annotations

import os
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import Document, Library, SourceRefusedError
from search.sources import Raw, find_files, parse_raw, read_file, read_page
from search.sources.dates import find_dateline, find_url_date, parse_date
from tests.conftest import seeds


def parse(tmp_path: Path, name: str, content: str | bytes) -> Document:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return parse_raw(read_file(str(path)))


def seed(name: str) -> Document:
    (path,) = seeds.glob(f"{name}*")
    return parse_raw(read_file(str(path)))


def test_plain_text_without_a_title_is_called_by_its_first_words(tmp_path):
    document = parse(tmp_path, "a.txt", "Syrian rebels have claimed the capital.\nResidents reported gunfire.\n")
    assert document.title == "Syrian rebels have claimed the capital."
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "Syrian rebels have claimed the capital.",
        "Residents reported gunfire.",
    ]


def test_a_short_first_line_is_the_title_and_no_paragraph():
    document = seed("01")
    assert document.title == "Rebels open new front west of Aleppo"
    assert document.paragraphs[0].text.startswith("ALEPPO, 28 November 2024")


def test_a_first_line_that_is_an_address_gives_url_source_and_date():
    document = seed("17")
    assert document.url == "https://harbourmonthly.example/2024/12/20/letter-from-aleppo"
    assert (document.source, document.published) == ("harbourmonthly.example", date(2024, 12, 20))
    assert document.paragraphs[0].text.startswith("Two weeks after")


def test_front_matter_says_title_date_source_url_and_language():
    document = seed("02")
    assert (document.title, document.source, document.published, document.language) == (
        "Aleppo slips out of the government's hands in three days",
        "The Levant Courier",
        date(2024, 11, 30),
        "en",
    )


def test_markdown_loses_its_marks_and_keeps_its_words():
    texts = [paragraph.text for paragraph in seed("02").paragraphs]
    assert texts[0].startswith("Fighters of Hayat Tahrir al-Sham walked through the centre of Aleppo")
    assert "A different tone" in texts
    assert not any(mark in text for text in texts for mark in ("**", "](", "##"))


def test_an_html_page_gives_its_article_and_not_what_stands_around_it():
    document = seed("06")
    text = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert (document.title, document.source, document.published) == (
        "Damascus falls, Assad is gone",
        "Harbour News",
        date(2024, 12, 8),
    )
    assert "Umayyad Mosque" in text
    assert not any(word in text for word in ("Subscribe", "cookies", "recipes", "Imprint"))


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One *line*\nand **the** next.\n\nAnother.", ["One line and the next.", "Another."]),
        ("Before.\n- one\n- two\n\nAfter.", ["Before.", "one two", "After."]),
        ("- one\n\n- two", ["one", "two"]),
        ("> quoted\n> words\n\n    indented words", ["quoted words", "indented words"]),
        ("![a *caption*](x.png) and [a link](http://x) and `code`", ["a caption and a link and code"]),
        ("A <b>bold</b> word<br>and &amp; one.", ["A bold word and & one."]),
        ("<div>\n<p>Words &amp; words.</p>\n</div>\n\n<!-- a comment -->\n\nMore.", ["Words & words.", "More."]),
        ("Five * 3 and snake_case_word and [not a link]", ["Five * 3 and snake_case_word and [not a link]"]),
        ("Bidi &#x202e;evil&#x200b;.", ["Bidi evil."]),
    ],
)
def test_markdown_gives_its_paragraphs_as_one_reads_them(tmp_path, text, paragraphs):
    assert [paragraph.text for paragraph in parse(tmp_path, "a.md", text).paragraphs] == paragraphs


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# A *title* #\n\nWords.", "A title"),
        ("A title\n=======\n\nWords.", "A title"),
        ("Words that stand first.\n---\n\nMore.", "Words that stand first."),
        ("---\ntitle: One\n---\n\n# Another\n\nWords.", "One"),
    ],
)
def test_a_first_heading_is_the_title_of_markdown(tmp_path, text, title):
    document = parse(tmp_path, "a.md", text)
    assert document.title == title
    assert document.paragraphs[-1].text in {"Words.", "More."}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<?xml version="1.0"?>\n<!-- by -->\n<rss version="2.0"><channel/></rss>', r"a feed \(RSS\)"),
        ("<rdf:RDF xmlns:rdf='x'></rdf:RDF>", r"a feed \(RSS 1.0\)"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', r"a feed \(Atom\)"),
        ("<opml version='2.0'></opml>", r"a list of feeds \(OPML\)"),
        ('<?xml version="1.0"?><?xml-stylesheet href="x"?><urlset xmlns="x"></urlset>', "a sitemap"),
        ('<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf></nitf>', r"an XML document \(nitf\)"),
        ("<?xml version='1.0'?>", "an XML document"),
    ],
)
@pytest.mark.parametrize("name", ["a.xml", "a.txt", "a.html"])
def test_xml_that_is_no_page_is_refused_as_what_it_is(tmp_path, name, content, reason):
    with pytest.raises(SourceRefusedError, match=f"{reason}, not an article: "):
        parse(tmp_path, name, content)


def test_xhtml_is_read(tmp_path):
    page = next(seeds.glob("06*")).read_text().partition("<html")[2]
    start = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x">\n<html'
    assert parse(tmp_path, "a.xml", start + page).title == "Damascus falls, Assad is gone"


@pytest.mark.parametrize("text", ["<3 was all that she wrote.", "<b>Breaking</b>: it rained.", "< < <"])
def test_a_text_that_begins_with_a_bracket_is_text(tmp_path, text):
    assert parse(tmp_path, "a.txt", text).paragraphs[0].text == text


@pytest.mark.parametrize("declared", ["punycode", "unicode_escape", "idna", "a\0b", "nosuch", "undefined"])
def test_an_encoding_that_no_page_is_written_in_is_not_believed(declared):
    raw = Raw("a.txt", "Le café de Genève était fermé, dit Müller.".encode("cp1252"), charset=declared)
    assert "Genève" in parse_raw(raw).paragraphs[0].text


def test_latin_1_is_recognised():
    assert any("Neukölln" in paragraph.text for paragraph in seed("14").paragraphs)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "koi8_r"])
def test_text_in_another_encoding_is_read(tmp_path, encoding):
    text = {"koi8_r": "Президент России подписал указ, сообщили в Кремле. Встреча прошла в Москве вчера вечером."}.get(
        encoding, "Erdoğan" * (encoding != "cp1252") + "The café in Genève was closed, said Müller."
    )
    assert parse(tmp_path, "a.txt", text.encode(encoding)).paragraphs[0].text == text


@pytest.mark.parametrize(
    ("line", "published", "source"),
    [
        ("DAMASCUS, Dec. 8, 2024 (Reuters) – Rebels", date(2024, 12, 8), "Reuters"),
        ("Kampala & Kayunga, Jul 19 2022 (IPS) - The conflict", date(2022, 7, 19), "IPS"),
        ("London, 8 December 2024 — He said", date(2024, 12, 8), None),
        ("(Reuters) - World Athletics", None, "Reuters"),
        ("AMMAN — Prime Minister", None, None),
    ],
)
def test_a_dateline_gives_date_and_agency(line, published, source):
    dateline = find_dateline(line)
    assert dateline.end > 0
    assert (dateline.published, dateline.source) == (published, source)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("CAIRO – 26 July 2022: The embassy", date(2022, 7, 26)),
        ("New York (November 25, 2021): Indian authorities", date(2021, 11, 25)),
    ],
)
def test_a_day_between_place_and_colon_is_part_of_the_dateline(line, published):
    dateline = find_dateline(line)
    assert dateline.published == published
    assert line[dateline.end :] in {"The embassy", "Indian authorities"}


@pytest.mark.parametrize(
    "line",
    [
        "Published: 12 May 2021",
        "First published on Wednesday, May 12, 2021 at 10:30 am EST",
        "Posted 2021-05-12",
        "May 12, 2021",
        "May 12, 2021 | Politics",
        "Politics • 12 May 2021, 14:05",
        "Last updated: 12 May 2021",
        "Published 12 May 2021 | Updated 14 May 2021",
        "Updated 14 May 2021 | Published 12 May 2021",
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_a_line_that_is_nothing_but_a_date_gives_it_and_is_no_paragraph(tmp_path, line, place):
    lines = ["A headline of some words", "The first sentence of the article is longer than its headline."]
    lines.insert(place, line)
    document = parse(tmp_path, "a.txt", "\n\n".join(lines))
    assert document.published == date(2021, 5, 12)
    assert document.title == "A headline of some words"
    assert len(document.paragraphs) == 1


@pytest.mark.parametrize(
    "text",
    [
        "By Jane Doe, 12 May 2021\n\nIt rained.",
        "By Jane Doe | 12 May 2021 | News\n\nIt rained.",
        "https://news.example/2021/05/rain\n\nBy Jane Doe, 12 May\n\nIt rained.",
        "Police today (May 12, 2021) found a man.\n\nIt rained.",
        "It rained.\n\nA.\n\nB.\n\nC.\n\nD.\n\nE.\n\nPublished: 12 May 2021",
    ],
)
def test_a_byline_or_a_last_line_gives_the_date_and_stays(tmp_path, text):
    document = parse(tmp_path, "a.txt", text)
    assert document.published == date(2021, 5, 12)
    assert document.paragraphs[-1].text == text.rpartition("\n")[2]


@pytest.mark.parametrize(
    "text",
    [
        "He was born on 12 May 2021.\n\nIt rained.",
        "By Jane Doe, 12 May\n\nIt rained.",
        "https://news.example/2021/06/rain\n\nBy Jane Doe, 12 May\n\nIt rained.",
        "A chronology.\n\n12 May 2021\n\nIt rained.\n\n13 May 2021\n\nIt rained again.",
        "The talks of May 12, 2021, failed.\n\nIt rained.",
        "31 February 2021\n\nIt rained.",
    ],
)
def test_the_date_of_something_else_is_no_publication_date(tmp_path, text):
    document = parse(tmp_path, "a.txt", text)
    assert document.published is None
    assert len(document.paragraphs) == len([part for part in text.split("\n\n") if "http" not in part])


@pytest.mark.parametrize(
    ("url", "published"),
    [
        ("https://news.example/2021/may/12/rain", date(2021, 5, 12)),
        ("https://news.example/article/19/07/2022/rain", date(2022, 7, 19)),
        ("https://news.example/stories/202207260441.html", date(2022, 7, 26)),
        ("https://news.example/view.php?ud=20220725000640&np=1", date(2022, 7, 25)),
        ("https://news.example/rights/1657558218_40838.html", date(2022, 7, 11)),
        ("https://news.example/rain-in-town-101658816232471.html", date(2022, 7, 26)),
        ("https://news.example/article/05/07/2022/rain", None),
        ("https://news.example/article/2001451768/rain", None),
        ("https://news.example/id/00082870.html", None),
        ("https://news.example/068ba38a20220315d", None),
    ],
)
def test_an_address_gives_a_date_that_can_be_nothing_else(url, published):
    assert find_url_date(url) == published


@pytest.mark.parametrize("line", ["The well-known man – who left – was seen.", "Note: this is not a dateline", "2 – 3"])
def test_a_dash_alone_makes_no_dateline(line):
    assert find_dateline(line).end == 0


@pytest.mark.parametrize(
    "text", ["2024-12-08T10:00:00+02:00", "8 December 2024", "Dec. 8, 2024", "Sunday, December 8 2024"]
)
def test_dates_are_read_as_pages_write_them(text):
    assert parse_date(text) == date(2024, 12, 8)


@pytest.mark.parametrize("text", ["", "tomorrow", "31 February 2024", "99/99/9999"])
def test_what_is_no_date_is_none(text):
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n \n", "empty"),
        ("picture.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" * 40, "binary"),
        ("menu.html", b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "no article"),
        ("invisible.txt", "\u200b\u200b\u202e".encode(), "empty"),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(tmp_path, name, content, reason):
    with pytest.raises(SourceRefusedError, match=reason):
        parse(tmp_path, name, content)


def test_a_file_over_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("search.sources.files.largest_file", 100)
    with pytest.raises(SourceRefusedError, match="larger than"):
        parse(tmp_path, "large.txt", "word " * 100)


def test_a_fifo_and_a_device_are_refused_and_do_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "pipe.txt", Path("/dev/null")):
        with pytest.raises(SourceRefusedError, match="not a regular file"):
            read_file(str(path))


def test_an_unreadable_path_is_refused(tmp_path):
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    (found,) = find_files(str(tmp_path / "dangling.txt"))
    assert isinstance(found, SourceRefusedError)
    assert found.reason == "no such file or directory"


def test_folders_are_walked_in_name_order_without_hidden_files(tmp_path):
    for name in ("b/2.txt", "b/10.txt", "a.txt", ".hidden.txt", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    assert [Path(str(found)).name for found in find_files(str(tmp_path))] == ["a.txt", "10.txt", "2.txt"]


def test_a_link_loop_is_refused_and_the_rest_is_found(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = list(find_files(str(tmp_path)))
    assert found[0] == str(tmp_path / "a.txt")
    assert isinstance(found[1], SourceRefusedError)
    assert "link loop" in found[1].reason


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from([".txt", ".md", ".html", ""]))
def test_any_bytes_are_a_document_or_refused(tmp_path, data, suffix):
    try:
        document = parse(tmp_path, f"any{suffix}", data)
    except SourceRefusedError:
        pass
    else:
        assert document.paragraphs


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<rss></rss>" if "feed" in self.path else next(seeds.glob("06*")).read_bytes())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), Page) as served:
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


def test_a_page_is_read_by_its_address(server):
    assert parse_raw(read_page(f"{server}/article")).title == "Damascus falls, Assad is gone"


def test_a_page_is_added_by_its_address_and_skipped_the_second_time(server, tmp_path):
    with Library(tmp_path / "library", recogniser="rules") as library:
        for outcome in ("added", "skipped"):
            (addition,) = [each for step in library.add([f"{server}/article"]) for each in step.additions]
            assert addition.outcome == outcome


def test_the_address_of_a_feed_is_refused_as_a_feed(server, tmp_path):
    with Library(tmp_path / "library", recogniser="rules") as library:
        (addition,) = [each for step in library.add([f"{server}/feed.xml"]) for each in step.additions]
        assert addition.reason == "a feed (RSS), not an article: newscast cannot subscribe to feeds yet"


def test_a_page_that_is_not_there_is_refused(server):
    with pytest.raises(SourceRefusedError, match="404"):
        read_page(f"{server}/missing")


def test_a_server_that_is_not_there_is_refused():
    with pytest.raises(SourceRefusedError, match="cannot be fetched: connection refused"):
        read_page("http://127.0.0.1:9/")
