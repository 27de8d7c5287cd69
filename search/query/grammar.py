"""The query language in one table: docs/queries.md and the help on screen show it."""

from __future__ import annotations

grammar = (
    ("assad damascus", "both words, stemmed, without regard to case and accents"),
    ('"fall of damascus"', "the words one after the other; one with a capital letter is taken as written"),
    ('"rebels damascus"~10', "within ten words of each other"),
    ("moscow OR tehran", "either; OR binds its two neighbours"),
    ("-russia, (…)", "without; a group"),
    ("NOT russia, (a && b), (a|b)", "also: NOT and ! mean -, | means OR; AND, && and + change nothing"),
    ("damas*", "words that begin so, from two letters on"),
    ("asad~", "words one letter off, two from eight letters on"),
    ("title:homs source:bbc url:example.org", "in the title, the source, the address"),
    ("actor:assad person: org: place:", "mentions an actor, by any of its names; #id is one actor alone"),
    ("para:(actor:assad moscow)", "all of it within one paragraph"),
    ("date:2024-12-08 date:2024-12 date:2024", "published on that day, in that month or year"),
    ("date:2024-12-01..2024-12-08 date:..2023", "from one day to another; one of them may be left out"),
    ('date:yesterday date:7d date:"last week"', "counted from today; d, w, m, y are days, weeks, months, years"),
    ("since:2024-12 until:2024-12", "from its first day on, up to its last"),
    ("is:unread is:read is:starred", "what you did with it"),
    ("sort:date sort:old sort:relevance", "the newest, oldest or best first"),
    ("@name", "a search that you saved, also as -@name and (@name OR …)"),
)
"""What you write, and what it means."""
