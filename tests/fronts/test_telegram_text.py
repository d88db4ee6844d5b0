"""A Reply as Telegram's HTML: what a phone shows, and what no cut may break."""

from hypothesis import given
from hypothesis import strategies as st

from bot.fronts.narrow import units
from bot.fronts.on_telegram_text import pieces
from bot.reply import Column, Picture, Reply, Table, Tone
from tests.fakes.bot_api_client import PNG
from tests.fakes.bot_api_html import parse_html, utf16_length

PICTURE = Picture(PNG, "page.png", "Points by week")


def test_title_text_facts_table_and_note_stand_in_this_order():
    table = Table((Column("video"), Column("points", figure=True)), (("cats", "1,234"),))
    reply = Reply("Title", "Text", (("Available", "120"),), table, note="Note")
    (drawn,) = pieces(reply)
    assert drawn.split("\n\n") == [
        "<b>Title</b>",
        "Text",
        "Available: <b>120</b>",
        "<pre>video points\ncats   1,234</pre>",
        "<i>Note</i>",
    ]


def test_a_wide_tables_words_are_cut_by_a_third_at_most_so_that_a_phone_shows_it():
    columns = (Column("#", figure=True), Column("video"), Column("points", figure=True))
    table = Table(columns, (("1", "a caption of thirty characters", "99"),))
    assert pieces(Reply(table=table)) == [
        "<pre># video                     points\n1 a caption of thirty char…     99</pre>"
    ]


def test_a_table_that_no_phone_shows_becomes_entries():
    columns = (
        Column("#", figure=True),
        Column("Video"),
        Column("Posted"),
        Column("Views", figure=True),
        Column("Points", figure=True),
    )
    table = Table(columns, (("1", "Cats", "13 September 2026", "1,234,567", "~120"),))
    assert pieces(Reply(table=table)) == [
        "<b>1 Cats</b>\nposted: 13 September 2026 · 1,234,567 views · ~120 points"
    ]


def test_a_lone_word_beside_a_name_needs_no_heading():
    columns = (Column("Command"), Column("What it does"))
    table = Table(columns, (("/points", "Your points: available, pending, rank, in reach"),))
    assert pieces(Reply(table=table)) == [
        "<b>/points</b>\nYour points: available, pending, rank, in reach"
    ]


def test_wide_characters_count_as_two_cells():
    table = Table((Column("video"), Column("points", figure=True)), (("猫猫", "1"), ("cats", "22")))
    assert pieces(Reply(table=table)) == ["<pre>video points\n猫猫       1\ncats      22</pre>"]


def test_what_went_well_and_what_was_refused_carry_a_sign():
    assert pieces(Reply(text="Done", tone=Tone.GOOD)) == ["✅ Done"]
    assert pieces(Reply(title="No", tone=Tone.REFUSED)) == ["⚠️ <b>No</b>"]


def test_a_picture_without_words_says_its_alternative_text():
    assert pieces(Reply(picture=PICTURE)) == ["Points by week"]


def test_a_block_that_a_caption_has_no_room_for_stands_whole_in_the_next_message():
    columns = (Column("n", figure=True), Column("what"))
    table = Table(columns, tuple((str(n), "twenty characters it") for n in range(60)))
    caption, below = pieces(Reply("Title", picture=PICTURE, table=table, note="Note"))
    assert caption == "<b>Title</b>"
    assert below.startswith("<pre>")
    assert below.endswith("</pre>\n\n<i>Note</i>")


words = st.text(
    st.sampled_from("abc <>&\"'@/\n\u202e🎁猫é") | st.characters(codec="utf-8"), max_size=60
)
long_words = st.builds(lambda text, times: text * times, words, st.integers(1, 200))
tables = st.lists(st.tuples(words, words), min_size=1, max_size=30).map(
    lambda rows: Table((Column("word"), Column("figure", figure=True)), tuple(rows))
)
replies = st.builds(
    Reply,
    title=words,
    text=long_words,
    facts=st.lists(st.tuples(words, long_words), max_size=3).map(tuple),
    table=st.none() | tables,
    picture=st.none() | st.just(PICTURE),
    note=long_words,
    tone=st.sampled_from(Tone),
)


@given(replies)
def test_every_piece_is_html_that_telegram_takes_within_its_limits(reply: Reply):
    limit = 1024 if reply.picture else 4096
    for piece in pieces(reply):
        shown, _ = parse_html(piece)
        assert utf16_length(shown) <= limit
        limit = 4096


@given(words)
def test_what_a_stranger_wrote_is_text_and_never_markup(text: str):
    shown, entities = parse_html(pieces(Reply(title="t", text=text))[0])
    assert [entity.type for entity in entities] == ["bold"]
    assert shown.replace("\u2060", "").startswith("t")


@given(st.lists(st.integers(0, 9), min_size=1, max_size=3000))
def test_a_long_text_loses_nothing(numbers: list[int]):
    text = "\n".join(f"{number} & <b>" for number in numbers)
    shown = [parse_html(piece)[0] for piece in pieces(Reply(text=text))]
    assert "\n".join(shown) == text


@given(st.integers(4090, 4100), st.sampled_from(["x", "🎁", "é"]))
def test_a_line_longer_than_a_message_is_parted_between_characters(length: int, character: str):
    text = character * length
    drawn = pieces(Reply(text=text))
    assert "".join(drawn) == text
    assert all(units(piece) <= 4096 for piece in drawn)


def test_a_row_without_room_is_called_by_the_column_that_names_it():
    columns = (Column("When"), Column("Points", figure=True), Column("Why", names=True))
    rows = (("3 Nov 2026", "+5", "for the best video of the whole week, by far"),)
    (drawn,) = pieces(Reply(table=Table(columns, rows)))
    assert drawn.split("\n") == [
        "<b>for the best video of the whole week, by far</b>",
        "when: 3 Nov 2026 · +5 points",
    ]
