"""What newscast makes of the feeds that there are, the well-formed and the others."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from search.errors import SourceRefusedError
from search.feeds.dates import parse_feed_date
from search.feeds.fragment import find_line, find_paragraphs
from search.feeds.parse import FeedTask
from search.feeds.refresh import parser_limits
from search.sources import Parser
from tests.feed_server import item, rss

now = datetime(2024, 6, 1, tzinfo=UTC).timestamp()
today = date(2024, 6, 1)


def parse(data: bytes | str, kind: str = "application/rss+xml", url: str = "http://wire.example/feeds/all.xml"):
    body = data.encode() if isinstance(data, str) else data
    return FeedTask(url, url, body, kind, now).run()


def titles(data: bytes | str, kind: str = "application/rss+xml") -> list[str | None]:
    return [entry.title for entry in parse(data, kind).entries]


atom = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://wire.example/blog/">'
    '<title>Wire</title><link href="/"/><id>f</id><entry><id>e1</id><title type="xhtml">{title}</title>'
    '<link href="one"/><updated>2024-01-02T10:00:00Z</updated><content type="html">&lt;p>Body.&lt;/p></content>'
    "</entry></feed>"
)


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_rss_of_every_age_is_read(version):
    (entry,) = parse(rss(item(1)).replace('version="2.0"', f'version="{version}"')).entries
    assert (entry.title, entry.link) == ("Headline 1", "http://wire.example/articles/1")


def test_rss_1_is_read():
    data = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Wire</title></channel>'
        '<item rdf:about="y"><title>One</title><link>http://a.example/1</link><dc:date>2024-01-02</dc:date></item></rdf:RDF>'
    )
    (entry,) = parse(data).entries
    assert (entry.title, entry.link, entry.published) == ("One", "http://a.example/1", date(2024, 1, 2))


@pytest.mark.parametrize(
    "title", ["A <b>bold</b> claim", '<div xmlns="http://www.w3.org/1999/xhtml">A bold claim</div>']
)
def test_an_xhtml_title_is_read_with_and_without_its_div(title):
    (entry,) = parse(atom.format(title=title)).entries
    assert (entry.title, entry.link, entry.published) == (
        "A bold claim", "http://wire.example/blog/one", date(2024, 1, 2),
    )  # fmt: skip


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed_is_read(version):
    data = {
        "version": f"https://jsonfeed.org/version/{version}", "title": "Wire", "home_page_url": "/",
        "items": [
            {"id": 7, "url": "/a", "title": "One", "content_html": "<p>First.</p><p>Second.</p>",
             "date_published": "2024-01-02T23:30:00-05:00", "attachments": [{"url": "sound.mp3"}]},
            "no item",
        ],
    }  # fmt: skip
    feed = parse(json.dumps(data), "application/feed+json")
    (entry,) = feed.entries
    assert (entry.id, entry.link, entry.paragraphs) == ("7", "http://wire.example/a", ("First.", "Second."))
    assert (entry.published, entry.enclosures) == (date(2024, 1, 3), ("http://wire.example/feeds/sound.mp3",))
    assert feed.site == "http://wire.example/"


def test_relative_addresses_of_feed_site_entry_and_enclosure_are_made_absolute_and_trimmed():
    feed = parse(rss(item(1, link=" /articles/1 ").replace("</item>", '<enclosure url="/sound.mp3 "/></item>')))
    (entry,) = feed.entries
    assert feed.site == "http://wire.example/"
    assert entry.link == "http://wire.example/articles/1"
    assert entry.enclosures == ("http://wire.example/sound.mp3",)


def test_latin_1_bytes_under_a_prolog_that_says_utf_8_are_read():
    assert titles(rss(item(1, title="Élysée à Zürich")).encode("latin-1")) == ["Élysée à Zürich"]


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"]
)
def test_wide_encodings_are_read_with_and_without_a_byte_order_mark(encoding):
    name = encoding.removesuffix("-le").removesuffix("-be").removesuffix("-sig")
    text = rss(item(1, title="Élysée — Алеппо")).replace('encoding="utf-8"', f'encoding="{name}"')
    assert titles(text.encode(encoding)) == ["Élysée — Алеппо"]


def test_the_charset_of_http_wins_over_that_of_xml():
    data = rss(item(1, title="Алеппо")).encode("windows-1251")
    assert titles(data, "application/rss+xml; charset=windows-1251") == ["Алеппо"]


@pytest.mark.parametrize(
    "data",
    [
        "\n \t" + rss(item(1)),
        rss(item(1).replace("<guid>", "<media:thumbnail url='x'/><guid>")),
        rss(item(1, title="<![CDATA[Headline 1]]>"), item(2, description="<![CDATA[cut")).partition("cut")[0],
        rss(item(1, description="a\x0b\x1fb \x00c")),
    ],
    ids=["white space before the prolog", "undeclared namespace", "cut-off CDATA", "illegal characters"],
)
def test_the_entries_of_a_malformed_feed_are_kept(data):
    assert titles(data) == ["Headline 1"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("AT&amp;amp;T", "AT&T"),
        ("A &amp;lt;b&amp;gt; C", "A <b> C"),
        ("&lt;b>Bold&lt;/b> claim", "Bold claim"),
        ("1 &lt; 2", "1 < 2"),
    ],
)
def test_a_title_that_is_escaped_once_or_twice_reads_as_it_was_meant(written, read):
    assert titles(rss(item(1, title=written))) == [read]


def test_a_download_that_is_cut_off_keeps_its_whole_entries():
    feed = parse(rss(item(1), item(2), item(3))[:-150])
    assert feed.is_cut_off
    assert [entry.title for entry in feed.entries] == ["Headline 1", "Headline 2"]


@pytest.mark.parametrize("data", ["", "  \n", "<!doctype html><html><p>Hi</p></html>", "no feed", '{"a": 1}', "{"])
def test_what_is_no_feed_is_refused(data):
    with pytest.raises(SourceRefusedError):
        parse(data, "")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Do, 29 Mär 2018 10:00:00 +0200", date(2018, 3, 29)),
        ("Do, 29 Mär", date(2024, 3, 29)),
        ("29 Dez", date(2023, 12, 29)),
        ("sam., 05 oct. 2019 12:00:00 +0200", date(2019, 10, 5)),
        ("ven 5 luglio 2019", date(2019, 7, 5)),
        ("1545323400", date(2018, 12, 20)),
        ("1545323400000", date(2018, 12, 20)),
        ("2018-03-29T22:00:00-05:00Z", date(2018, 3, 30)),
        ("2018-03-29", date(2018, 3, 29)),
        ("Thu, 29 Mar 2018 10:00:00 +9900", date(2018, 3, 29)),
        ("Thu, 29 Mar 2018 23:30:00", date(2018, 3, 29)),
        ("Thu, 29 Mar 2018 23:30:00 EST", date(2018, 3, 30)),
        ("Thu, 31 Feb 2018 10:00:00 GMT", None),
        ("Mon, 01 Jan 2091 10:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_read_as_feeds_write_them(text, day):
    assert parse_feed_date(text, None, today) == day


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_machines_own_time_zone_does_not_matter(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        feed = parse(rss(item(1, pubDate="Mon, 01 Jan 2024 23:30:00 GMT")))
        assert feed.entries[0].published == date(2024, 1, 1)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_text_of_an_entry_is_its_paragraphs_without_scripts():
    text = "<p>One <b>bold</b><!-- no --> word.</p>Loose<br>lines<script>alert(1)</script><ul><li>a<li>b</ul>"
    assert find_paragraphs(text) == ("One bold word.", "Loose", "lines", "a", "b")
    assert find_line("<b>A</b>\n &quot;B&quot;") == 'A "B"'


_laughs = "".join(f'<!ENTITY a{n + 1} "&a{n};&a{n};">' for n in range(40))
_no_prolog = rss(item(1, title="&a40;")).partition("?>")[2]
hostile = {
    "billion laughs": f'<!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaa">{_laughs}]>{_no_prolog}',
    "a file as an entity": f'<!DOCTYPE r [<!ENTITY a40 SYSTEM "file:///etc/passwd">]>{_no_prolog}',
    "deep nesting": "<rss><channel>" + "<item>" * 20_000,
    "deep markup": rss(item(1, description="&lt;div>" * 100_000)),
    "open tags": "<rss><channel><item><title>" + "<" * 100_000,
    "ampersands": rss(item(1, description="&" * 100_000)),
    "attributes": "<rss><channel><item " + " ".join(f'a{n}="x"' for n in range(20_000)) + "/></channel></rss>",
    "one long word": rss(item(1, description="x" * 5_000_000)),
    "many entries": rss(*(item(n) for n in range(2_500))),
    "deep json": '{"items": ' + "[" * 200_000,
    "a huge number": '{"version": "1", "items": [{"id": ' + "9" * 100_000 + "}]}",
    "comments": rss("<!--" * 100_000),
    "cdata": rss("<item><title><![CDATA[" * 20_000),
    "odd dates": rss(*(item(n, pubDate="9" * 10_000) for n in range(50))),
}  # fmt: skip


@pytest.mark.parametrize("name", hostile)
def test_a_hostile_feed_costs_itself_alone(name):
    """In the process that parses, with its limits of seconds and memory; the next feed is read as if nothing were."""
    with Parser(replace(parser_limits, seconds=2)) as parser:
        with suppress(SourceRefusedError):
            assert "root:" not in str(parser.ask(build_task(hostile[name])))
        (entry,) = parser.ask(build_task(rss(item(1)))).entries
    assert entry.title == "Headline 1"


def build_task(data: str) -> FeedTask:
    return FeedTask("u", "http://u.example/", data.encode(), "text/xml", now)
