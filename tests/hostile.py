"""An article as an attacker would write it, and one with letters of many scripts."""

escapes = (
    "\x1b[2J\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]52;c;ZXZpbA==\x07 "
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\ "
    "\x9b2J \x9d52;c;ZXZpbA==\x9c \x1bP1$r0m\x1b\\ \x1b[5n \x1b[c \x07\x08\x0e\x0f\x7f"
)
invisible = "user\u202egnp.exe \u2066isolate\u2069 zero\u200bwidth\u200djoin \U000e0041tag\ufeff \ud83d"
stacked = "e" + "\u0301" * 300 + " done"
markup = "[bold]bold[/bold] [@click=app.quit]click[/] [/nope] [link=https://evil.example]x[/link] $primary {0} %s"
scripts = "中文文章 日本語の記事 한국어 기사 مقال عربي עברית ภาษาไทย 😀👩‍👩‍👧‍👦🏳️‍🌈 flags 🇸🇾 ﷽"
long_word = "W" * 70_000

article = f"""Hostile {escapes} headline [bold]

Bashar al-Assad met {escapes} the press. {invisible}

{stacked} {markup}

{scripts} and so on, said Hakan Fidan{escapes}.

{long_word}

The end of the hostile article is harmless."""
