"""Discord: a reply becomes an embed, and no reply is too large for one."""

import discord
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fronts.narrow import units
from bot.fronts.on_discord_drawing import draw
from bot.reply import Button, Column, Picture, Reply, Style, Table, Tone

LONG = "*🎉 a word " * 900


def parts(embed: discord.Embed) -> list[str]:
    fields = [text or "" for one in embed.fields for text in (one.name, one.value)]
    return [embed.title or "", embed.description or "", embed.footer.text or "", *fields]


def assert_within_limits(embed: discord.Embed) -> None:
    title, description, footer, *fields = parts(embed)
    assert units(title) <= 256
    assert units(description) <= 4096
    assert units(footer) <= 2048
    assert len(fields) <= 50
    assert all(0 < units(name) <= 256 for name in fields[::2])
    assert all(0 < units(value) <= 1024 for value in fields[1::2])
    assert sum(map(units, parts(embed))) <= 6000


texts = st.one_of(st.text(max_size=40), st.sampled_from([LONG, "*" * 3000, "\u202e", "🎉" * 2000]))
rows = st.lists(st.tuples(texts, texts), max_size=40).map(tuple)
tables = st.builds(Table, st.just((Column("A"), Column("B", figure=True))), rows)
buttons = st.builds(Button, texts, st.text("abc|", min_size=1, max_size=60), st.sampled_from(Style))
replies = st.builds(
    Reply,
    title=texts,
    text=texts,
    facts=rows,
    table=st.none() | tables,
    note=texts,
    buttons=st.lists(buttons, max_size=30).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(replies)
def test_no_reply_is_too_large(reply: Reply):
    drawing = draw(reply)
    assert_within_limits(drawing.embed)
    shown = drawing.view.children if drawing.view else []
    assert len(shown) <= 25
    assert all(0 < units(one.label) <= 80 for one in shown)
    assert len({one.custom_id for one in shown}) == len(shown)
    assert drawing.embed.title or drawing.embed.description or drawing.embed.fields


def test_a_reply_that_is_long_everywhere_is_not_too_large():
    facts = tuple(("a" * 20, "*" * 25) for _ in range(20))
    embed = draw(Reply(title=LONG, text=LONG, facts=facts, note=LONG)).embed
    assert len(embed.fields) == 20
    assert_within_limits(embed)


def test_facts_are_fields_and_long_ones_stand_alone():
    embed = draw(Reply(facts=(("Available", "120"), ("Next", "a mug for 150, in about a week"))))
    assert [(one.name, one.value, one.inline) for one in embed.embed.fields] == [
        ("Available", "120", True),
        ("Next", "a mug for 150, in about a week", False),
    ]


def test_facts_before_a_table_are_lines():
    table = Table((Column("Reward"),), (("Mug",),))
    embed = draw(Reply(facts=(("Available", "120"),), table=table)).embed
    assert embed.description == "**Available** 120\n\n```\nReward\nMug\n```"
    assert embed.fields == []


def test_more_than_25_facts_are_lines():
    facts = tuple((f"Fact {number}", str(number)) for number in range(26))
    embed = draw(Reply(facts=facts)).embed
    assert str(embed.description).endswith("**Fact 24** 24\n**Fact 25** 25")


def test_an_empty_fact_shows_a_dash():
    (field,) = draw(Reply(facts=(("Rank", "\u200b"),))).embed.fields
    assert field.value == "—"


def test_a_reply_of_nothing_but_a_tone_is_still_a_message():
    assert draw(Reply(tone=Tone.GOOD)).embed.description == "—"


def test_each_tone_has_its_colour():
    assert len({draw(Reply(tone=tone)).embed.colour for tone in Tone}) == len(Tone)


def test_a_button_carries_its_call():
    drawing = draw(Reply(buttons=(Button("Next", "videos|likes|2", Style.DANGER),)))
    assert drawing.view is not None
    (button,) = drawing.view.children
    assert isinstance(button, discord.ui.Button)
    assert (button.custom_id, button.style) == ("fp:videos|likes|2", discord.ButtonStyle.danger)


def test_of_two_buttons_with_the_same_call_the_first_stays():
    drawing = draw(Reply(buttons=(Button("2", "a|2"), Button("3", "a|3"), Button("Last", "a|2"))))
    assert drawing.view is not None
    assert [one.label for one in drawing.view.children] == ["2", "3"]


def test_of_too_many_buttons_the_first_25_stay():
    drawing = draw(Reply(buttons=tuple(Button(str(at), f"a|{at}") for at in range(30))))
    assert drawing.view is not None
    assert [one.label for one in drawing.view.children] == [str(at) for at in range(25)]


async def test_a_sent_button_takes_no_memory():
    drawing = draw(Reply(buttons=(Button("Next", "a|2"),)))
    assert drawing.view is not None
    assert drawing.view.is_finished()


def rows_of(*calls: str) -> list[list[str | None]]:
    """Return the labels row by row, each button being labelled by its call."""
    drawing = draw(Reply(buttons=tuple(Button(call, call) for call in calls)))
    assert drawing.view is not None
    rows = drawing.view.to_components()
    return [[one["label"] for one in row["components"]] for row in rows]


def test_buttons_of_different_commands_share_a_row():
    assert rows_of("videos", "shop", "redeem|mug") == [["videos", "shop", "redeem|mug"]]


def test_pages_stand_in_a_row_below_the_things_on_them():
    things = [f"video|{number}" for number in range(6)]
    assert rows_of(*things, "videos|2") == [things[:3], things[3:], ["videos|2"]]


def test_too_many_rows_become_full_rows():
    pairs = [f"{name}|{number}" for name in "abcdef" for number in (1, 2)]
    assert rows_of(*pairs) == [pairs[:5], pairs[5:10], pairs[10:]]


def test_a_picture_has_a_plain_file_name():
    drawing = draw(Reply(picture=Picture(b"png", "../my vidéo.png", "bars")))
    (file,) = drawing.files
    assert file.filename == "my-vid-o.png"
    assert drawing.embed.image.url == "attachment://my-vid-o.png"
