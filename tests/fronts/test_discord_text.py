"""Discord: nothing that a stranger writes can ping, link, format or look like something else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fronts.narrow import units
from bot.fronts.on_discord_text import drawn_table, escape, marked, paragraphs, plain, within
from bot.reply import Column, Table

BACKSLASHED = re.compile(r"\\([^0-9A-Za-z\s])")
"""What Discord's own rule of escaping takes the backslash from."""

NASTY = [
    ("@everyone @here", r"\@everyone \@here"),
    ("<@1234567890>", r"\<\@1234567890>"),
    ("<@&99> <#99>", r"\<\@&99> \<#99>"),
    ("</mod grant:99>", r"\</mod grant:99>"),
    ("<t:1700000000:R>", r"\<t\:1700000000:R>"),
    ("<a:party:99> :skull:", r"\<a\:party:99> \:skull:"),
    ("https://evil.example/x_y", r"https\://evil.example/x\_y"),
    ("<https://evil.example>", r"\<https\://evil.example>"),
    ("[free points](https://evil.example)", r"\[free points\](https\://evil.example)"),
    ("**a** __b__ ~~c~~ ||d||", r"\*\*a\*\* \_\_b\_\_ \~\~c\~\~ \|\|d\|\|"),
    ("`code` ```block```", r"\`code\` \`\`\`block\`\`\`"),
    ("# title", r"\# title"),
    ("-# small", r"-\# small"),
    ("> quote", r"\> quote"),
    ("- item", r"\- item"),
    ("1. item", r"1\. item"),
    (">>> quote", r">>\> quote"),
    ("\\", r"\\"),
]


@pytest.mark.parametrize(("text", "written"), NASTY)
def test_markup_stands_behind_a_backslash(text: str, written: str):
    assert escape(text) == written


def test_a_list_in_the_second_line_is_no_list():
    assert paragraphs("Rewards\n- mug\n2. cap", 100) == "Rewards\n\\- mug\n2\\. cap"


@pytest.mark.parametrize(("text", "written"), [("#\n\nmore", "\\#\n\nmore"), ("1.", "1\\.")])
def test_a_sign_alone_in_its_line_does_not_make_a_title_of_the_next(text: str, written: str):
    assert escape(text) == written


SOBER = "50.8K: 1,234.5 on 2026-03-02 at 14:05 (-7 %), a/b"


def test_figures_and_dates_are_left_alone():
    assert marked(SOBER, 100) == SOBER


@settings(max_examples=50)
@given(st.text())
def test_what_discord_shows_is_what_was_written(text: str):
    assert BACKSLASHED.sub(r"\1", escape(text)) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("\u2066ana\u2069 \u200eana\u200f", "ana ana"),
        ("a\u200bn\ufeffa", "ana"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("half \ud83d pair", "half pair"),
        ("Z\u0300\u0301\u0302\u0303\u0304", "Z\u0300\u0301\u0302"),
        ("one\u2028two\nthree\tfour", "one two three four"),
        ("👩\u200d🔬", "👩\u200d🔬"),
    ],
)
def test_what_cannot_be_seen_is_dropped(text: str, seen: str):
    assert plain(text, 100) == seen


def test_a_footer_has_no_backslashes():
    assert plain("a_b *c*", 100) == "a_b *c*"


def test_a_cut_ends_in_an_ellipsis_and_not_in_half_an_escape():
    assert marked("ab***", 5) == r"ab\*…"


def test_an_emoji_counts_two():
    assert plain("🎉🎉🎉", 5) == "🎉🎉…"


@given(st.text(max_size=300), st.integers(min_value=1, max_value=250))
def test_no_text_is_longer_than_its_limit(text: str, limit: int):
    assert units(marked(text, limit)) <= limit
    assert units(plain(text, limit)) <= limit
    assert units(paragraphs(text, limit)) <= limit


def test_lines_beyond_the_limit_are_counted():
    assert within(["first", "second", "third", "fourth"], 24) == "first\n… and 3 more"


NAMES = (Column("Reward"), Column("Points", figure=True))


def test_a_narrow_table_is_a_monospaced_block():
    table = Table(NAMES, (("Mug", "150"), ("Cap *new*", "90")))
    assert drawn_table(table, 500) == (
        "```\nReward    Points\nMug          150\nCap *new*     90\n```"
    )


def test_nobody_ends_the_block_early():
    table = Table(NAMES, (("```@everyone", "1"),))
    assert drawn_table(table, 500).count("```") == 2


def test_a_wide_table_is_an_entry_a_row():
    columns = (
        Column("#", figure=True),
        Column("Video"),
        Column("views", figure=True),
        Column("state"),
        Column("points", figure=True),
    )
    row = ("1", "Cat_on_a_very_long_piano", "1,234,567", "settles 4 March", "118")
    assert drawn_table(Table(columns, (row,)), 500) == (
        "- **1 Cat\\_on\\_a\\_very\\_long\\_piano**\n"
        "  1,234,567 views · state: settles 4 March · 118 points"
    )


def test_an_entry_with_one_thing_to_say_is_one_line():
    columns = (Column("Command"), Column("What it does"))
    row = ("/leaderboard", "Who has earned most points of all until today")
    drawn = drawn_table(Table(columns, (row,)), 500)
    assert drawn == "**/leaderboard** Who has earned most points of all until today"


def test_rows_beyond_the_limit_are_counted():
    table = Table(NAMES, tuple((f"Reward {number}", "1") for number in range(500)))
    drawn = drawn_table(table, 1000)
    assert units(drawn) <= 1000
    assert re.search(r"… and \d{3} more\n```$", drawn)
