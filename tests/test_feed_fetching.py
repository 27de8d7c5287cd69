"""Fetching feeds from a server that behaves as badly as real ones do."""

from __future__ import annotations

import gzip
from contextlib import closing
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from search import LibraryLockedError, Marks, NewscastError, Query
from search.feeds.fetching import Fetching
from search.feeds.http import FetchError, Request, fetch, is_public
from search.feeds.turns import Turns
from search.store import WriterLock
from tests.feed_server import Reply, feed_with, item, rss

hour, day = 3_600, 86_400


def answer(status, **headers):
    return Reply(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_the_etag_and_date_of_the_first_load_are_sent_with_the_second(desk):
    desk.add(reply=feed_with(item(1), ETag='"a"', Last_Modified="Sat, 01 Jun 2024 10:00:00 GMT"))
    desk.server.replies["/feed"] = answer(304)
    (result,) = desk.refresh()
    asked = desk.server.asked[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"a"', "Sat, 01 Jun 2024 10:00:00 GMT")
    assert result.outcome == "unchanged"


def test_an_etag_that_comes_with_a_304_is_the_one_that_is_sent_next(desk):
    desk.add(reply=feed_with(item(1), ETag='"a"'))
    desk.server.replies["/feed"] = answer(304, ETag='"b"')
    desk.refresh()
    desk.refresh()
    assert desk.server.asked[-1].headers["if-none-match"] == '"b"'


def test_a_200_with_the_same_etag_is_read_all_the_same(desk):
    desk.add(reply=feed_with(item(1), ETag='"a"'))
    desk.server.replies["/feed"] = feed_with(item(2), ETag='"a"')
    (result,) = desk.refresh()
    assert result.added == 1


@pytest.mark.parametrize("status", [304, 429, 403, 500])
def test_no_answer_is_asked_for_twice_in_a_refresh(desk, status):
    desk.add(reply=feed_with(item(1)))
    desk.server.replies["/feed"] = answer(status)
    desk.refresh()
    assert desk.server.paths() == ["/feed", "/feed"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_patience_gets_it_even_where_the_feed_is_named(desk, status):
    desk.add(reply=feed_with(item(1)))
    desk.server.replies["/feed"] = answer(status, Retry_After="7200")
    (result,) = desk.refresh()
    assert (result.error_kind, result.error) == ("server", f"the server answered {status}")
    desk.now += hour
    assert desk.refresh(f"{desk.server.url}/feed") == []
    desk.now += hour + 1
    desk.server.replies["/feed"] = feed_with(item(2))
    assert desk.refresh()[0].added == 1
    assert desk.feed().error is None


@pytest.mark.parametrize(("status", "moves"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
def test_only_a_lasting_redirect_rewrites_the_address(desk, status, moves):
    desk.add(reply=feed_with(item(1)))
    desk.server.replies |= {"/feed": answer(status, Location="/new"), "/new": feed_with(item(1), item(2))}
    (result,) = desk.refresh()
    assert result.added == 1
    (feed,) = desk.feeds.list_feeds()
    assert feed.url == f"{desk.server.url}{'/new' if moves else '/feed'}"


def test_a_lasting_redirect_behind_a_passing_one_does_not_rewrite_the_address(desk):
    desk.add(reply=feed_with(item(1)))
    desk.server.replies |= {"/feed": answer(302, Location="/b"), "/b": answer(301, Location="/c")}
    desk.server.replies["/c"] = feed_with(item(2))
    desk.refresh()
    assert desk.feed("/feed")


def test_redirects_without_end_are_an_error(desk):
    desk.add(reply=feed_with(item(1)))
    desk.server.replies["/feed"] = answer(302, Location="/feed")
    assert desk.refresh()[0].error == "redirected too often"


def test_a_feed_that_moved_onto_another_one_says_so_and_merges_nothing(desk):
    desk.add("/old", feed_with(item(1)))
    desk.add("/new", feed_with(item(2)))
    desk.server.replies["/old"] = answer(301, Location="/new")
    results = {result.url.rpartition("/")[2]: result for result in desk.refresh()}
    assert "which is a feed here already" in (results["old"].error or "")
    assert [feed.url.rpartition("/")[2] for feed in desk.feeds.list_feeds()] == ["old", "new"]


def test_a_feed_that_is_gone_is_stopped_until_it_is_named(desk):
    desk.add(reply=feed_with(item(1)))
    desk.server.replies["/feed"] = answer(410)
    (result,) = desk.refresh()
    assert (result.outcome, desk.feed().is_stopped) == ("stopped", True)
    desk.now += 30 * day
    assert desk.refresh() == []
    desk.server.replies["/feed"] = feed_with(item(2))
    assert desk.refresh(f"{desk.server.url}/feed")[0].added == 1
    assert not desk.feed().is_stopped


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(403), "server"),
        (answer(500), "server"),
        (Reply(b""), "format"),
        (Reply("<html><p>Maintenance</p></html>"), "format"),
        (Reply(b"\x1f\x8b broken", headers={"Content-Encoding": "gzip"}), "format"),
        (Reply(rss(item(2)), length=100_000), "network"),
        (answer(302, Location="file:///etc/passwd"), "server"),
        (answer(302, Location="http://[::1"), "server"),
    ],
    ids=[
        "forbidden",
        "server error",
        "empty body",
        "a page",
        "broken gzip",
        "cut off by length",
        "no web",
        "no address",
    ],
)
def test_each_kind_of_error_is_told_apart_and_costs_nothing(desk, reply, kind):
    desk.add(reply=feed_with(item(1), ETag='"a"'))
    before = desk.titles()
    desk.server.replies["/feed"] = reply
    (result,) = desk.refresh()
    assert (result.outcome, result.error_kind) == ("failed", kind)
    assert desk.feed().etag == '"a"'
    assert desk.titles() == before


def test_a_server_that_is_not_there_is_an_error_of_the_network(desk):
    desk.add(reply=feed_with(item(1)))
    desk.server.close()
    assert desk.refresh()[0].error_kind == "network"


def test_a_feed_that_arrives_cut_off_keeps_its_whole_entries_and_is_fetched_wholly_next_time(desk):
    whole = rss(item(1), item(2), item(3))
    desk.add(reply=feed_with(item(1), ETag='"a"'))
    desk.server.replies["/feed"] = Reply(whole[:-150], headers={"ETag": '"b"'})
    (result,) = desk.refresh()
    assert (result.added, result.error_kind) == (1, "format")
    desk.server.replies["/feed"] = Reply(whole, headers={"ETag": '"b"'})
    assert desk.refresh()[0].added == 1
    assert desk.server.asked[-1].headers["if-none-match"] == '"a"'


def test_a_response_is_refused_at_15_mb_after_decompression(desk):
    desk.add(reply=feed_with(item(1)))
    bomb = gzip.compress(bytes(200 * 1024**2), 9)
    desk.server.replies["/feed"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    assert desk.refresh()[0].error == "larger than 15 MB"


def test_a_gzipped_feed_is_read(desk):
    body = gzip.compress(rss(item(1)).encode())
    desk.add(reply=Reply(body, headers={"Content-Encoding": "gzip"}))
    assert desk.titles() == ["Headline 1"]


def test_a_feed_that_is_removed_while_it_is_fetched_stays_removed(desk):
    desk.add(reply=feed_with(item(1)))

    def remove(asked):
        desk.library.feeds().remove(f"{desk.server.url}/feed")
        return feed_with(item(2))

    desk.server.replies["/feed"] = remove
    assert desk.refresh() == []
    assert desk.titles() == ["Headline 1"]
    assert desk.feeds.list_feeds() == []


def test_a_second_refresh_does_not_ask_beside_the_first(desk):
    desk.add(reply=feed_with(item(1)))
    with WriterLock(desk.library.folder, "refresh"), pytest.raises(LibraryLockedError, match="refreshing"):
        desk.refresh()


def test_a_password_is_sent_and_shown_nowhere(desk):
    desk.server.replies["/feed"] = feed_with(item(1))
    address = desk.server.url.replace("http://", "http://ann:s3cret@") + "/feed"
    added = desk.feeds.add(address)
    assert desk.server.asked[-1].headers["authorization"] == "Basic YW5uOnMzY3JldA=="
    desk.server.replies["/feed"] = answer(500)
    (result,) = desk.refresh()
    (hit,) = desk.library.search(Query("")).hits
    document = desk.library.document(hit.summary.id)
    shown = [added.url, result.url, result.error, desk.library.origin(hit.summary.id), document.url]
    assert not [text for text in shown if "s3cret" in (text or "")]


def test_a_password_goes_to_no_other_host(desk):
    other = desk.server.url.replace("127.0.0.1", "127.0.0.2")
    desk.server.replies |= {"/feed": answer(302, Location=f"{other}/b"), "/b": feed_with(item(1))}
    with pytest.raises(NewscastError):
        desk.feeds.add(desk.server.url.replace("http://", "http://ann:s3cret@") + "/feed")
    assert all("authorization" not in asked.headers for asked in desk.server.asked if asked.path == "/b")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1",
     "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"],
)  # fmt: skip
def test_addresses_of_the_machine_and_its_network_are_told_by_what_they_lead_to(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0"])
def test_this_machine_is_not_asked_unless_the_reader_says_so(desk, host):
    desk.server.replies["/feed"] = feed_with(item(1))
    with pytest.raises(FetchError, match="private_addresses"):
        fetch(Request(desk.server.url.replace("127.0.0.1", host) + "/feed"))
    assert desk.server.asked == []


def test_a_name_that_changes_its_address_after_the_check_leads_nowhere_else(desk, monkeypatch):
    """The name is resolved once, and the connection goes to the address that was checked."""
    calls = []
    port = int(desk.server.url.rpartition(":")[2])

    def resolve(host, *_, **__):
        calls.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    desk.server.replies["/feed"] = feed_with(item(1))
    monkeypatch.setattr("search.feeds.http.socket.getaddrinfo", resolve)
    response = fetch(Request(f"http://wire.example:{port}/feed"), private_addresses=True)
    assert response.status == 200
    assert calls.count("wire.example") == 1
    assert set(calls) == {"wire.example", "127.0.0.1"}
    assert desk.server.asked[-1].headers["host"] == f"wire.example:{port}"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "http://", "http://[::1", "gopher://x"])
def test_only_addresses_of_the_web_are_asked(url):
    with pytest.raises(FetchError):
        fetch(Request(url), private_addresses=True)


def test_who_asks_is_named(desk):
    desk.add(reply=feed_with(item(1)))
    assert desk.server.asked[-1].headers["user-agent"].startswith("newscast/")


def test_a_host_has_one_request_at_a_time_and_a_pause_between_two():
    turns = Turns[str](1.0)
    for host, job in (("a", "a1"), ("a", "a2"), ("b", "b1")):
        turns.add(host, job)
    assert turns.take(0) == ("a", "a1")
    assert turns.take(0) == ("b", "b1")
    assert turns.take(0) is None
    turns.finish("a", 5.0)
    assert turns.take(5.9) is None
    assert turns.next_time() == 6.0
    assert turns.take(6.0) == ("a", "a2")


def test_the_requests_to_one_host_do_not_overlap(desk):
    running, most = [], []

    def reply(asked):
        running.append(asked)
        most.append(len(running))
        running.remove(asked)
        return feed_with(item(1))

    with Fetching[int](8, 0.0, private_addresses=True) as fetching:
        for number in range(20):
            desk.server.replies[f"/{number}"] = reply
            fetching.ask(number, Request(f"{desk.server.url}/{number}"))
        received = []
        while not fetching.is_empty():
            received += fetching.receive(5)
    assert sorted(each.subject for each in received) == list(range(20))
    assert max(most) == 1


def test_a_page_that_names_feeds_offers_them_and_a_single_one_is_taken(desk):
    link = '<link rel="alternate" type="application/{}+xml" href="{}" title="{}">'
    desk.server.replies |= {
        "/": Reply(f"<html><head>{link.format('rss', '/feed', 'All')}{link.format('atom', 'b', 'B')}</head></html>"),
        "/one": Reply(f"<!doctype html><html><head>{link.format('rss', '/feed', 'All')}</head></html>"),
        "/none": Reply("<!doctype html><html><p>Hello</p></html>"),
        "/feed": feed_with(item(1)),
    }
    offered = desk.add("/")
    assert offered.outcome == "offered"
    assert [(each.url, each.title) for each in offered.offered] == [
        (f"{desk.server.url}/feed", "All"), (f"{desk.server.url}/b", "B"),
    ]  # fmt: skip
    assert desk.add("/one").outcome == "subscribed"
    assert desk.add("/one").outcome == "known"
    with pytest.raises(NewscastError, match="names no feed"):
        desk.add("/none")


def test_unread_articles_are_counted_for_each_feed(desk):
    feed = desk.add(reply=feed_with(item(1), item(2))).feed
    with closing(Marks(None)) as marks:
        assert desk.feeds.count_unread(marks) == {feed.number: 2}


def test_a_redirect_within_a_server_keeps_the_password(desk):
    desk.server.replies |= {"/feed": answer(302, Location="/b"), "/b": feed_with(item(1))}
    desk.feeds.add(desk.server.url.replace("http://", "http://ann:s3cret@") + "/feed")
    assert all("authorization" in asked.headers for asked in desk.server.asked)


def test_a_certificate_that_nobody_vouches_for_is_refused(desk, tmp_path):
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False).sign(key, SHA256())
    )  # fmt: skip
    pem = Encoding.PEM
    (tmp_path / "server.pem").write_bytes(
        key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(pem)
    )
    desk.server.encrypt(tmp_path / "server.pem")
    desk.server.replies["/feed"] = feed_with(item(1))
    with pytest.raises(FetchError, match=r"(?i)certificate"):
        fetch(Request(f"https://localhost:{desk.server.url.rpartition(':')[2]}/feed"), private_addresses=True)
    assert desk.server.asked == []
