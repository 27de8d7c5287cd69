"""In the reader: from mention to mention and from match to match, and back to where you were."""

from __future__ import annotations

from search import Library
from tests.pilot import open_reader
from tests.test_reader import by_kind, trained
from tui.settings import Settings
from tui.widgets import Article


async def test_the_mentions_of_an_actor_are_walked_and_the_end_is_said(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("barbaric regime")
        await reader.press("g")
        await reader.select("Keir Starmer")
        article = reader.app.screen.query_one(Article)
        seen = []
        for _ in range(4):
            seen.append(article.cursor and article.cursor.position)
            await reader.press("]")
        assert seen == [(0, 4), (4, 183), (4, 183), (4, 183)]
        assert "the last mention of Keir Starmer here" in reader.status
        await reader.press("[")
        assert article.cursor
        assert article.cursor.position == (0, 4)
        await reader.press("[")
        assert "the first mention of Keir Starmer here" in reader.status


async def test_a_walk_goes_on_into_other_articles_by_date(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("roosevelt")
        await reader.press("g")
        with Library(seeded, recogniser="rules") as library:
            walked = [summary.title for summary in library.documents_of("bashar-al-assad")]
        article = reader.app.screen.query_one(Article)
        await reader.select("Bashar al-Assad")
        here = walked.index("Biden: An act of justice")
        for _ in range(20):
            await reader.press("}")
            if reader.app.screen.pane.document.title != walked[here]:  # type: ignore[attr-defined]
                break
        assert reader.app.screen.pane.document.title == walked[here + 1]  # type: ignore[attr-defined]
        assert article.cursor is not None
        assert f"{here + 2} of {len(walked)} articles" in reader.status


async def test_back_returns_to_the_exact_place_and_forward_again(seeded):
    async with open_reader(seeded, (80, 24)) as reader:
        await reader.open("roosevelt")
        await reader.press("j", "j", "1")
        screen = reader.app.screen
        before, place = reader.text, screen.reading.find_position()  # type: ignore[attr-defined]
        await reader.press("}", "}", "}", "}", "}")
        after = screen.reading.find_position()  # type: ignore[attr-defined]
        assert after != place
        await reader.press(*["backspace"] * 8)
        while screen.reading.find_position() != place:  # type: ignore[attr-defined]
            await reader.press("alt+right")
        assert reader.text.splitlines()[:-2] == before.splitlines()[:-2]
        await reader.press(*["alt+right"] * 8)
        assert screen.reading.find_position() == after  # type: ignore[attr-defined]


async def test_matches_are_walked_on_into_the_next_result_and_never_out(seeded):
    async with open_reader(seeded) as reader:
        await reader.open("hezbollah")
        titles = []
        for _ in range(12):
            title = reader.app.screen.pane.document.title  # type: ignore[attr-defined]
            if title not in titles:
                titles.append(title)
            await reader.press("n")
        assert len(titles) == 3
        assert "the last match of the last result" in reader.status
        await reader.press("N")
        assert "the last match" not in reader.status


async def test_nominals_and_pronouns_are_walked_and_p_leaves_names_alone(annotated):
    async with open_reader(annotated, settings=trained) as reader:
        await reader.open("barbaric regime")
        await reader.press("g")
        await reader.select("Keir Starmer")
        assert by_kind(reader) == {"name", "nominal", "pronoun"}
        await reader.press("]")
        assert "“he” · pronoun · " in reader.status
        await reader.press("p")
        assert by_kind(reader) == {"name"}
        await reader.press("p")
        assert by_kind(reader) == {"name", "nominal", "pronoun"}


async def test_the_end_of_a_walk_says_which_key_goes_on(build_library):
    text = "A headline that stands alone\n\n{day} — Hakan Fidan spoke in Ankara.\n\nEdi Rama was {where}."
    library = build_library(
        a=text.format(day="ANKARA, 7 December 2024", where="there").replace("Edi Rama", "Somebody"),
        b=text.format(day="ANKARA, 8 December 2024", where="away"),
    )
    library.close()
    keys = {"next_anywhere": "f5", "previous_anywhere": "f6"}
    async with open_reader(library.folder, settings=Settings(recogniser="rules", keys=keys)) as reader:
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")
        await reader.select("Hakan Fidan")
        await reader.press("]")
        assert reader.status == "the last mention of Hakan Fidan here; f5 goes on into other articles"
        await reader.press("f5")
        assert reader.status == "Hakan Fidan is in no later article; f6 goes back to earlier ones"
        await reader.press("f6", "f6")
        assert reader.status == "Hakan Fidan is in no earlier article; f5 goes on to later ones"
        await reader.press("f5", "j")
        await reader.select("Edi Rama")
        await reader.press("f5")
        assert reader.status == "Edi Rama is in no other article"
