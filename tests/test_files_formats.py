"""PDF, DOCX, ODT, EPUB, mail, mailboxes and WARC, as other programs write them, become articles."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from search import SourceRefusedError
from search.sources import Parser, Raw, Reader
from search.sources.layout import Line, Page, build_blocks
from search.sources.tasks import Limits
from tests.conftest import root

files = root / "tests" / "files"


def read(path, **limits):
    """The documents in a file by the name of the member, and the reasons of the refusals."""
    documents, refused = {}, {}
    with Reader() as reader, Parser(Limits(**limits)) as parser:
        for raw in reader.read(str(path)):
            origin = raw.origin.removeprefix(f"{path}!/")
            try:
                if isinstance(raw, SourceRefusedError):
                    raise raw
                documents[origin] = parser.parse(raw)
            except SourceRefusedError as refusal:
                refused[origin] = refusal.reason
    return documents, refused


def read_one(path, **limits):
    documents, refused = read(path, **limits)
    assert not refused
    (document,) = documents.values()
    return document


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs]


def reason(tmp_path, name, data, **limits):
    path = tmp_path / name
    path.write_bytes(data)
    documents, refused = read(path, **limits)
    assert not documents
    (why,) = refused.values()
    return why


# PDF


def test_a_pdf_of_two_columns_is_read_in_order_without_heads_and_with_broken_words_joined():
    document = read_one(files / "libreoffice.pdf")
    assert document.title == "Tarn argues about its harbour"
    assert texts(document) == (files / "libreoffice.pdf.txt").read_text().split("\n\n")


def test_a_page_printed_by_a_browser_has_its_headline_as_the_title():
    document = read_one(files / "chromium.pdf")
    assert (document.title, document.published) == ("A lighthouse for sale", date(2021, 5, 12))
    assert texts(document)[-2] == "Who else wants it"
    assert texts(document)[-1].endswith("He would make it a hotel with eleven rooms, each with a view of the sea.")


def lay_out(*rows, page=0):
    """Lines of 10 points, each a text, its left edge and its line on the page from above, 6 points a letter."""
    return [
        Line(text, page, left, left + 6 * len(text), 690 - 12 * row, 700 - 12 * row, 10) for text, left, row in rows
    ]


def blocks(*pages):
    return [block.text for block in build_blocks([Page(800, tuple(lines)) for lines in pages])]


def test_columns_that_are_drawn_row_by_row_are_read_one_after_the_other():
    rows = [
        (text, left, row) for row in range(4) for left, text in ((50, f"left words {row}"), (300, f"right words {row}"))
    ]
    assert blocks(lay_out(("A headline that runs across both of the columns", 50, -2), *rows)) == [
        "A headline that runs across both of the columns",
        "left words 0 left words 1 left words 2 left words 3 right words 0 right words 1 right words 2 right words 3",
    ]


def test_a_paragraph_goes_on_across_pages_and_page_numbers_are_left_out():
    first = [*lay_out(("The council met and", 50, 5)), Line("– 1 –", 0, 50, 80, 20, 30, 10)]
    second = [*lay_out(("went home again.", 50, 5), page=1), Line("– 2 –", 1, 50, 80, 20, 30, 10)]
    assert blocks(first, second) == ["The council met and went home again."]


def test_a_hyphen_at_the_end_of_a_line_stays_where_the_word_has_one_elsewhere():
    lines = lay_out(
        ("the well-known well-", 50, 0), ("known and the har-", 50, 1), ("bour of Saint-", 50, 2), ("Malo", 50, 3)
    )
    assert blocks(lines) == ["the well-known well-known and the harbour of Saint-Malo"]


def write_pdf(content: bytes, box: str = "0 0 600 800") -> bytes:
    """A PDF of one page."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>" % box.encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (number, each) for number, each in enumerate(objects, 1))
    return data + b"trailer<</Root 1 0 R/Size 6>>"


def test_a_scanned_pdf_is_refused_and_the_reason_is_said(tmp_path):
    data = write_pdf(b"0 0 600 800 re f")
    assert reason(tmp_path, "scan.pdf", data).startswith("a scanned PDF, whose 1 pages are pictures without text")


def test_a_pdf_is_told_by_its_content(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_bytes(write_pdf(b"BT /F 12 Tf 50 700 Td (The ferry sails.) Tj ET"))
    assert texts(read_one(path)) == ["The ferry sails."]


def test_a_damaged_pdf_is_refused(tmp_path):
    assert "damaged" in reason(tmp_path, "a.pdf", b"%PDF-1.7\nnothing more")


def test_a_huge_page_of_a_pdf_is_read_or_refused_within_the_limits(tmp_path):
    content = b"BT /F 1 Tf " + b"1 0 0 1 9 9 Tm (word) Tj " * 2_000_000 + b"ET"
    path = tmp_path / "huge.pdf"
    path.write_bytes(write_pdf(content, "0 0 9999999 9999999"))
    documents, refused = read(path, seconds=1)
    # A quick machine reads it in a second.
    assert documents or list(refused.values()) == ["takes too long to parse: more than 1 seconds"]


@pytest.mark.parametrize(
    ("module", "form", "said"),
    [
        ("pypdfium2", "PDF", "reading PDF needs pypdfium2: pip install pypdfium2"),
        ("mammoth", "DOCX", "reading DOCX needs mammoth: pip install mammoth"),
    ],
)
def test_a_missing_library_is_named(monkeypatch, module, form, said):
    from search.sources.parse import parse_content

    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SourceRefusedError, match=said):
        parse_content("a", form, (files / "pandoc.docx").read_bytes())


def test_a_missing_library_for_warc_is_named(monkeypatch):
    from search.sources.tasks import Unpacking
    from search.sources.unpack import unpack

    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    (refusal,) = unpack(Unpacking("a.warc", str(files / "wget.warc")))
    assert isinstance(refusal, SourceRefusedError)
    assert refusal.reason == "reading WARC needs warcio: pip install warcio"


# word processors and books


@pytest.mark.parametrize("name", ["pandoc.docx", "libreoffice.docx", "pandoc.odt", "libreoffice.odt"])
def test_a_document_of_a_word_processor_gives_title_date_and_paragraphs(name):
    document = read_one(files / name)
    assert (document.title, document.published) == ("The harbour of Lindholm opens again", date(2024, 5, 4))
    found = texts(document)
    assert found[1].startswith("LINDHOLM, 4 May 2024 (Harbour News) – The ferry Marta returned")
    assert found[3] == "What it cost"
    assert found[5] == "The ferry sails twice a day."
    assert found[-1] == "Critics such as Anna Brandt, a teacher, say that a bridge would have been cheaper."


def write_zip(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return file.getvalue()


_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "bomb "}">' for n in range(10))


def odt(entities, text):
    return write_zip(
        mimetype="application/vnd.oasis.opendocument.text",
        content_xml=f'<?xml version="1.0"?><!DOCTYPE d [{entities}]>'
        '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        f' xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><o:body><t:p>{text}</t:p></o:body>'
        "</o:document-content>",
    )


def test_a_document_whose_entities_make_a_bomb_is_refused(tmp_path):
    assert "damaged: Maximum entity amplification" in reason(
        tmp_path, "bomb.odt", odt(_ENTITIES, "The ferry &e9; sails.")
    )


def test_entities_of_a_document_read_no_files(tmp_path):
    (tmp_path / "secret").write_text("the secret")
    path = tmp_path / "a.odt"
    path.write_bytes(odt(f'<!ENTITY file SYSTEM "file://{tmp_path}/secret">', "The ferry &file;sails."))
    assert texts(read_one(path)) == ["The ferry sails."]


def test_entities_of_a_docx_do_not_fill_the_memory(tmp_path):
    content = f"<?xml version='1.0'?><!DOCTYPE d [{_ENTITIES}]><w:document xmlns:w='x'>&e9;</w:document>"
    why = reason(tmp_path, "bomb.docx", write_zip(word__document_xml=content))
    assert "cannot be read as DOCX" in why


def test_a_document_that_unpacks_to_too_much_is_refused(tmp_path):
    why = reason(tmp_path, "bomb.docx", write_zip(word__document_xml=b" " * (64 * 1024 * 1024 + 1)))
    assert why == "word/document.xml in it is larger than 64 MB"


def test_a_spreadsheet_is_refused_as_one_file(tmp_path):
    data = write_zip(xl__workbook_xml="<x/>", xl__sheet1_xml="<x/>")
    assert reason(tmp_path, "sums.xlsx", data) == "a spreadsheet, slides or a drawing, not an article"


@pytest.mark.parametrize(
    ("name", "chapters"),
    [
        ("pandoc.epub", ["EPUB/text/ch001.xhtml", "EPUB/text/ch002.xhtml"]),
        ("libreoffice.epub", ["OEBPS/sections/section0002.xhtml", "OEBPS/sections/section0003.xhtml"]),
    ],
)
def test_each_chapter_of_a_book_is_an_article(name, chapters):
    documents, refused = read(files / name)
    first, second = (documents[chapter] for chapter in chapters)
    assert not refused
    assert (first.title, second.title) == ("The first winter", "A letter to Tarn")
    assert (first.source, first.language) == ("Letters from the Islands", "en")
    assert texts(first)[1] == "The school closed in January. Nobody complained."


# mail


@pytest.mark.parametrize("name", ["formail.mbox", "procmail.mbox"])
def test_each_mail_of_a_mailbox_is_an_article(name):
    documents, refused = read(files / name)
    plain, alternative = documents["letter-17@harbour.example"], documents["bridge@valley.example"]
    assert not refused
    assert (plain.title, plain.source, plain.published) == (
        "Lindholm zählt seine Boote", "The Harbour Letter", date(2024, 5, 4),
    )  # fmt: skip
    assert texts(plain) == [
        "Der Häuptling der Fischer, Jörg Brandt, zählte am Samstag die Boote.",
        "From now on he will count them every year.",
    ]
    assert (alternative.title, alternative.source) == ("A bridge for Tarn", "Post, The Valley")
    assert texts(alternative)[1].startswith("Councillor Peter Hale spoke against it")
    assert "Preheader words" not in " ".join(texts(alternative))


def mail(header, body, charset="us-ascii"):
    return f"From: Anna <anna@isle.example>\nSubject: News\n{header}\n\n".encode() + body.encode(charset)


@pytest.mark.parametrize(
    ("header", "body", "charset"),
    [
        ("Content-Type: text/plain; charset=x-unknown", "Jörg zählt Boote.", "latin-1"),
        ("Content-Type: text/plain; charset=us-ascii", "Jörg zählt Boote.", "utf-8"),
        ("Content-Type: text/plain; charset=iso-8859-1", "Jörg zählt Boote.", "utf-8"),
        ("MIME-Version: 1.0", "Jörg zählt Boote.", "utf-8"),
    ],
)
def test_a_mail_whose_charset_is_wrong_is_read_as_a_page_would_be(tmp_path, header, body, charset):
    path = tmp_path / "a.eml"
    path.write_bytes(mail(header, body, charset))
    assert texts(read_one(path)) == ["Jörg zählt Boote."]


def test_a_mail_in_an_encoding_of_seven_bits_is_decoded(tmp_path):
    path = tmp_path / "a.eml"
    path.write_bytes(mail("Content-Type: text/plain; charset=iso-2022-jp", "島の船が戻った。", "iso-2022-jp"))
    assert texts(read_one(path)) == ["島の船が戻った。"]


def test_a_subject_that_is_not_encoded_is_decoded(tmp_path):
    path = tmp_path / "a.eml"
    path.write_bytes("From: Jörg Brandt <j@isle.example>\nSubject: Jörg zählt\n\nBoote.\n".encode())
    document = read_one(path)
    assert (document.title, document.source) == ("Jörg zählt", "Jörg Brandt")


def test_a_newsletter_of_tables_that_trafilatura_finds_no_article_in_is_read_as_a_whole(tmp_path):
    cells = '<td><p>Tarn votes.</p></td><td><div style="display: none;">Hidden</div>Lindholm sails.</td>'
    html = f"<table><tr>{cells}</tr></table>"
    path = tmp_path / "a.eml"
    path.write_bytes(mail("Content-Type: text/html", html))
    assert texts(read_one(path)) == ["Tarn votes.", "Lindholm sails."]


def test_a_mail_without_text_is_refused(tmp_path):
    assert reason(tmp_path, "a.eml", mail("Content-Type: image/png", "x")) == "a mail without text"


def test_a_page_that_a_browser_saved_as_one_file_is_read_as_a_page(tmp_path):
    page = (files.parent.parent / "seeds" / "06-damascus-falls.html").read_bytes()
    path = tmp_path / "saved.mhtml"
    path.write_bytes(
        b"From: <Saved by Blink>\nSnapshot-Content-Location: https://harbour.example/a\nSubject: x\n"
        b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n\n'
        + page + b"\n--b--\n"
    )  # fmt: skip
    document = read_one(path)
    assert (document.title, document.published) == ("Damascus falls, Assad is gone", date(2024, 12, 8))


def test_a_maildir_gives_its_mails_and_not_the_notes_of_a_mail_program(tmp_path):
    from search.sources import find_files

    for name in ("new/1.a", "cur/2.a:2,S", "tmp/3.a", ".Old/cur/4.a", ".Old/new/x", ".Old/tmp/x", "dovecot-uidlist"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [str(Path(str(each)).relative_to(tmp_path)) for each in find_files(str(tmp_path))]
    assert found == [".Old/cur/4.a", ".Old/new/x", "cur/2.a:2,S", "new/1.a"]


def test_plain_text_that_begins_with_a_field_is_no_mail(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("From: the island\nThe ferry sails twice a day.\n")
    assert read_one(path).title == "From: the island"


# WARC


@pytest.mark.parametrize(("name", "pages"), [("wget.warc.gz", 2), ("wget.warc", 1)])
def test_the_pages_of_a_crawl_are_articles(name, pages):
    documents, _ = read(files / name)
    assert len(documents) == pages
    document = documents["http://127.0.0.1:8931/harbour.html"]
    assert (document.title, document.url) == (
        "The harbour of Lindholm opens again", "http://127.0.0.1:8931/harbour.html",
    )  # fmt: skip


def test_a_crawl_that_was_cut_off_gives_what_is_there(tmp_path):
    path = tmp_path / "cut.warc.gz"
    path.write_bytes((files / "wget.warc.gz").read_bytes()[:-1500])
    documents, refused = read(path)
    assert "http://127.0.0.1:8931/lighthouse.html" in documents
    assert any("damaged or cut off" in why for why in refused.values())


def test_no_library_of_a_format_is_loaded_before_a_file_needs_it():
    import subprocess

    code = "import sys, search.adding, search.sources.worker; print(*{name.split('.')[0] for name in sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert not {"pypdfium2", "mammoth", "warcio", "lxml"} & set(found.stdout.split())


def test_a_raw_of_a_known_form_is_parsed_as_that():
    with Parser() as parser:
        assert parser.parse(Raw("a", mail("MIME-Version: 1.0", "Words."), form="mail")).title == "News"
