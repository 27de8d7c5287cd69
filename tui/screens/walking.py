"""What is said of a walk from mention to mention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.render import describe_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.widgets import ReadingPane


def describe_reading(pane: ReadingPane, walked: Sequence[str]) -> str:
    """Where one is: the paragraph, the mention of the taken actor, its article among those that are walked."""
    document = pane.document
    if document is None:
        return ""
    parts = [f"¶ {pane.article.paragraph + 1} of {len(document.paragraphs)}"]
    if pane.taken is not None:
        at = walked.index(document.id) + 1 if document.id in walked else 0
        parts.append(f"{pane.taken_name} {pane.mention_number} of {len(pane.mentions)} here")
        parts[-1] += f", {at} of {len(walked)} articles"
        cursor = pane.article.cursor
        if cursor is not None and cursor.link and cursor.link.actor == pane.taken and cursor.link.why != "name":
            parts.append(describe_link(cursor))
    return " · ".join(parts)


def explain_end(name: str, articles: int, direction: int, keys: tuple[str, str]) -> str:
    """Say that nothing follows, and which of the two keys, back and on, goes to where something is."""
    back, on = keys
    if articles < 2:
        return f"{name} is in no other article"
    if direction > 0:
        return f"{name} is in no later article; {back} goes back to earlier ones"
    return f"{name} is in no earlier article; {on} goes on to later ones"
