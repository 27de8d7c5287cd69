"""The query language in one table, which docs/queries.md and the help on screen show."""

from __future__ import annotations

grammar = (
    ("assad damascus", "both words, in any form (stemmed); case and accents do not count"),
    ('"fall of damascus"', "the words one after the other; a word with a capital letter matches as written"),
    ('"rebels damascus"~10', "within ten words of each other"),
    ("moscow OR tehran", "either word; OR joins the words on both sides of it"),
    ("-russia, (…)", "without this word; a group"),
    ("NOT russia, (a && b), (a|b)", "also: NOT and ! mean -, | means OR; AND, && and + change nothing"),
    ("damas*", "words with this beginning of at least two letters"),
    ("asad~", "words that differ by one letter; by two if the word has eight letters or more"),
    ("title:homs source:bbc url:example.org", "in the title, the source, the address"),
    ("actor:assad person: org: place:", "mentions an actor, by any of its names; #id is one actor alone"),
    ("para:(actor:assad moscow)", "all of it in one paragraph"),
    ("date:2024-12-08 date:2024-12 date:2024", "published on that day, in that month or year"),
    ("date:2024-12-01..2024-12-08 date:..2023", "from one day to another; you may leave out one of them"),
    ('date:yesterday date:7d date:"last week"', "counted from today; d, w, m, y are days, weeks, months, years"),
    ("since:2024-12 until:2024-12", "from the first day of the month; to the last day of the month"),
    ("is:unread is:read is:starred", "articles that you have not read, have read, have starred"),
    ("sort:date sort:old sort:relevance", "newest, oldest or best first"),
    ("@name", "a search that you saved; also -@name and (@name OR …)"),
)
"""What you write, and what it means."""
