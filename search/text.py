"""Makes text from outside safe, and cuts it into paragraphs, sentences and words with their offsets."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

longest_paragraph = 5_000
"""Characters; a longer line is cut at the end of a sentence, so that you can read it."""

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI … final byte
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = re.compile(r"\r\n|[\r\x85\u2028\u2029\x0b\x0c]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]{0,3}\s{1,8}(?=[\"'“‘(\[]?[^\W_])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Sen|Rep|Gov|St|Jr|Sr|No|vs|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept|Sep|Oct|Nov|Dec|approx|etc|Rev|Hon|Eng|Maj|Capt|Brig|Adm|Sheikh)|(?:\b[A-Za-z]\.)*\b[A-Za-z])\.$"
)


def make_safe(text: str) -> str:
    """Remove everything that a terminal would obey; every string from outside goes through here once.

    This removes whole escape sequences, control, bidi, zero-width and tag characters, and all but two of consecutive
    combining marks. Lone surrogates become U+FFFD, line ends a newline, other spaces a space; the result is NFC.
    Offsets count characters of the result. A second call changes nothing.
    """
    text = _LINE_ENDS.sub("\n", text)
    if "\x1b" in text or not text.isascii():
        text = _ESCAPES.sub("", text)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    if text.isascii():
        return text
    text = _SURROGATES.sub("\ufffd", text)
    # NFC reorders marks by class, so the limit must be counted after decomposition.
    return unicodedata.normalize("NFC", _limit_marks(unicodedata.normalize("NFD", text)))


def make_safe_line(text: str) -> str:
    """Make text safe on one line: newlines become spaces, and spaces at the ends go."""
    return " ".join(make_safe(text).split())


def _limit_marks(text: str) -> str:
    """Leave at most two consecutive combining marks in text that is NFD."""
    marks = {
        character
        for character in set(text)
        if unicodedata.combining(character) or unicodedata.category(character) == "Me"
    }
    if not marks:
        return text
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if character in marks else 0
        if run <= 2:
            kept.append(character)
    return "".join(kept)


def split_paragraphs(text: str) -> list[str]:
    """Split safe text into paragraphs: one a line, or one a block if blank lines separate blocks of wrapped lines."""
    blocks = [block for block in re.split(r"\n[ ]*\n\s*", text) if block.strip()]
    wrapped = len(blocks) > 1 and any(_is_wrapped(block.split("\n")) for block in blocks)
    pieces = [" ".join(block.split("\n")) for block in blocks] if wrapped else text.split("\n")
    return [part for piece in pieces for part in _cut(" ".join(piece.split()))]


def _is_wrapped(lines: list[str]) -> bool:
    """Are these lines wrapped at a width? Then all but the last are long, of similar length, and end mid-sentence."""
    if len(lines) < 3:
        return False
    lengths = [len(line.rstrip()) for line in lines[:-1]]
    mid_sentence = sum(not line.rstrip().endswith((".", "!", "?", "”", '"', ":")) for line in lines[:-1])
    return 40 <= max(lengths) <= 132 and min(lengths) * 5 >= max(lengths) * 3 and mid_sentence * 2 > len(lengths)


def _cut(paragraph: str) -> Iterator[str]:
    """Cut a long paragraph at the ends of sentences, else at spaces, else anywhere."""
    start = 0
    while len(paragraph) - start > longest_paragraph:
        sentence = paragraph.rfind(". ", start, start + longest_paragraph) + 1
        at = sentence or paragraph.rfind(" ", start + 1, start + longest_paragraph)
        if at <= start:
            at = start + longest_paragraph
        yield paragraph[start:at].rstrip()
        start = at + (paragraph[at : at + 1] == " ")  # words have single spaces between
    if start < len(paragraph):
        yield paragraph[start:]


def find_sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a paragraph, in order, as (start, end) in characters; at least one."""
    ends = _SENTENCE_END.finditer(text)
    starts = [0, *(e.end() for e in ends if not _ABBREVIATION.search(text[max(0, e.start() - 12) : e.start()]))]
    return [
        (start, start + len(text[start:end].rstrip()))
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]


def find_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (word, start, end) for each word of a text, in characters; hyphens separate words, apostrophes do not."""
    for word in _WORD.finditer(text):
        yield word.group(), word.start(), word.end()


def find_word_texts(text: str) -> list[str]:
    """Return the same words without their offsets, in a fraction of the time."""
    return _WORD.findall(text)


def fold(text: str) -> str:
    """Fold text for comparison: remove case, accents and typographic variants."""
    if text.isascii():
        return text.lower()
    return _fold_unicode(text)


@lru_cache(maxsize=65_536)
def _fold_unicode(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("ʻ", "'"))
    stripped = "".join(character for character in decomposed if not unicodedata.combining(character))
    return stripped.casefold().replace("ı", "i").replace("ø", "o").replace("ł", "l").replace("đ", "d")
