"""The labels that the network gives to each word, by head."""

from __future__ import annotations

name_types = ("person", "organisation", "place", "nationality", "event", "work", "other")
"""Types of names. A nationality ("Syrian") is a name of its country."""

name_labels = ("O", *(f"{position}-{kind}" for kind in name_types for position in "BI"))
"""Begin, inside, outside of a name (Ramshaw and Marcus, 1995)."""

reference_types = ("person", "organisation", "place", "event", "other")

reference_labels = ("O", *(f"{kind}-{type_}" for kind in ("nominal", "pronoun") for type_ in reference_types))
"""The head word of a nominal, or a pronoun, with the type of what is meant; O for all other words."""

case_count = 7
"""How many cases `find_case` tells apart."""


def find_case(word: str) -> int:
    """Return the case of a word, 0 to 6; the encoder itself sees only lower case.

    1 is lower case, 2 capitals, 3 a capital first, 4 one capital or mixed after a capital, 5 a digit first, 6 a capital
    inside, 0 anything else.
    """
    if word.islower():
        return 1
    if word.isupper():
        return 2 if len(word) > 1 else 4
    if word[:1].isdigit():
        return 5
    if word[:1].isupper():
        return 3 if word[1:].islower() else 4
    return 6 if any(character.isupper() for character in word) else 0
