import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.fronts.on_console_drawing import draw, printer
from bot.reply import Button, Column, File, Link, Menu, Picture, Reply, Style, Table, Tone

NOWHERE = Path("pictures")

VIDEOS = Table(
    (Column("Video"), Column("Caption"), Column("Views", figure=True)),
    (
        ("7000000000000000001", "how to fold a paper crane in a minute", "1,234,567"),
        ("7000000000000000002", "a walk", "99"),
    ),
)


def drawn(reply: Reply, width: int = 80, pictures: Path = NOWHERE, *, colours: bool = False) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=colours,
        color_system="standard" if colours else None,
    )
    draw(console, reply, pictures)
    return file.getvalue()


def test_parts_follow_each_other_in_the_order_of_a_reply(tmp_path: Path):
    reply = Reply(
        title="Points",
        text="Well done.",
        facts=(("Available", "1,240"), ("Pending", "60")),
        table=Table((Column("Week"), Column("Points", figure=True)), (("one", "90"), ("two", "5"))),
        picture=Picture(b"png", "points.png", "Points by week"),
        note="Settles on Friday.",
        buttons=(Button("Shop", "shop"), Button("Stop", "x", Style.DANGER)),
    )

    text = drawn(reply, pictures=tmp_path).replace(str(tmp_path), "folder")

    assert text == (
        "Points\n"
        "Well done.\n"
        "\n"
        "Available  1,240\n"
        "Pending    60\n"
        "\n"
        "Week   Points\n"
        "─────────────\n"
        "one        90\n"
        "two         5\n"
        "\n"
        "Picture: folder/points-8f8cbb7d.png\n"
        "Points by week\n"
        "\n"
        "Settles on Friday.\n"
        "\n"
        "[1] Shop   [2] Stop\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("tone", "sign"),
    [(Tone.PLAIN, ""), (Tone.GOOD, "✓ "), (Tone.ASK, "? "), (Tone.REFUSED, "✗ ")],
)
def test_a_tone_has_a_sign_for_those_who_see_no_colour(tone: Tone, sign: str):
    assert drawn(Reply(text="The words.", tone=tone)) == f"{sign}The words.\n\n"


@pytest.mark.parametrize(
    ("tone", "code"), [(Tone.GOOD, "32"), (Tone.ASK, "33"), (Tone.REFUSED, "31")]
)
def test_a_tone_is_a_colour_on_a_terminal(tone: Tone, code: str):
    assert f"\x1b[1;{code}mTitle\x1b[0m" in drawn(Reply(title="Title", tone=tone), colours=True)


EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\u202e\ud800"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(title=EVIL),
        Reply(text=EVIL),
        Reply(facts=((EVIL, EVIL),)),
        Reply(table=Table((Column(EVIL),), ((EVIL,),))),
        Reply(note=EVIL),
        Reply(buttons=(Button(EVIL, "x"),)),
        Reply(picture=Picture(b"png", "a.png", EVIL)),
    ],
)
def test_control_characters_in_data_never_reach_the_terminal(reply: Reply, tmp_path: Path):
    text = drawn(reply, pictures=tmp_path)

    assert "owned" in text
    assert not set(text) & set("\x1b\x07\x9b\r\u202e\ud800")


@given(st.text(alphabet=st.characters(), max_size=40))
def test_whatever_a_stranger_writes_can_be_printed(text: str):
    parts = Reply(title=text, text=text, facts=((text, text),), note=text)

    shown = drawn(parts)

    shown.encode()
    assert "\x1b" not in shown


def test_markup_in_data_is_shown_as_it_is():
    written = "[bold red]loud[/] [link=x]y[/link] :smile: \\[x]"
    reply = Reply(
        title=written,
        text=written,
        facts=((written, written),),
        table=Table((Column(written),), ((written,),)),
        note=written,
        buttons=(Button(written, "x"),),
    )

    assert drawn(reply, 200).count(written) == 8


def test_a_cell_of_several_lines_stays_in_its_row():
    table = Table((Column("Caption"), Column("Points", figure=True)), (("one\n\n two", "7"),))

    assert drawn(Reply(table=table)).splitlines()[2] == "one two        7"


@pytest.mark.parametrize("width", [200, 80, 60, 50, 44, 30])
def test_a_table_fits_the_terminal_and_loses_nothing(width: int):
    text = drawn(Reply(table=VIDEOS), width)

    assert all(cell_len(line) <= width for line in text.splitlines())
    together = "".join(text.split())
    for part in ("7000000000000000001", "7000000000000000002", "1,234,567", "99"):
        assert part in together
    for word in ("fold", "crane", "minute", "walk"):
        assert word in text


def test_a_terminal_too_narrow_for_columns_shows_row_by_row():
    assert drawn(Reply(table=VIDEOS), 30) == (
        "Video    7000000000000000001\n"
        "Caption  how to fold a paper\n"
        "         crane in a minute\n"
        "Views    1,234,567\n"
        "\n"
        "Video    7000000000000000002\n"
        "Caption  a walk\n"
        "Views    99\n"
        "\n"
        "\n"
    )


def test_wide_characters_keep_figures_in_their_column():
    table = Table(
        (Column("Name"), Column("Points", figure=True)), (("猫の日", "7"), ("abcdef", "8"))
    )

    lines = drawn(Reply(table=table)).splitlines()

    assert lines[2:4] == ["猫の日        7", "abcdef        8"]


def test_a_picture_becomes_a_file_and_its_path_is_shown(tmp_path: Path):
    folder = tmp_path / "data" / "pictures"

    text = drawn(Reply(picture=Picture(b"the bytes", "receipt.png", "138 points")), 999, folder)

    (file,) = folder.iterdir()
    assert file.read_bytes() == b"the bytes"
    assert text == f"Picture: {file}\n138 points\n\n"


def test_another_picture_of_the_same_name_leaves_the_first(tmp_path: Path):
    for png in (b"one", b"two", b"one"):
        drawn(Reply(picture=Picture(png, "receipt.png", "")), pictures=tmp_path)

    assert sorted(file.read_bytes() for file in tmp_path.iterdir()) == [b"one", b"two"]


def test_a_pictures_name_can_not_lead_out_of_the_folder(tmp_path: Path):
    drawn(Reply(picture=Picture(b"png", "../../evil.png", "")), pictures=tmp_path / "pictures")

    assert [file.name for file in tmp_path.rglob("*.png")] == ["evil-8f8cbb7d.png"]
    assert next(tmp_path.rglob("*.png")).parent == tmp_path / "pictures"


def test_a_picture_that_can_not_be_written_is_told_in_words(tmp_path: Path):
    taken = tmp_path / "pictures"
    taken.write_text("a file where the folder should be")

    text = drawn(Reply(picture=Picture(b"png", "a.png", "138 points")), 999, taken)

    assert text.startswith("The picture can't be written: ")
    assert text.endswith("It shows: 138 points\n\n")


def test_without_a_terminal_there_is_no_colour_and_no_line_is_wrapped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "20")
    words = "word " * 300 + "end"

    draw(printer(), Reply(title="Title", text=words, tone=Tone.GOOD), NOWHERE)

    assert capsys.readouterr().out == f"✓ Title\n{words}\n\n"


def test_a_menus_choices_stand_under_its_prompt_and_are_numbered_before_the_buttons():
    menu = Menu(
        "Why these points?", (Button("A walk: 99", "video|1"), Button("A crane", "video|2"))
    )
    reply = Reply(text="Two.", menu=menu, buttons=(Button("More", "videos|2"),))
    assert drawn(reply).split("\n")[2:] == [
        "Why these points?",
        "  [1] A walk: 99",
        "  [2] A crane",
        "",
        "[3] More",
        "",
        "",
    ]


def test_a_link_is_an_address_and_a_file_is_left_beside_the_pictures(tmp_path: Path):
    link = Link("Open Telegram", "https://t.me/fairpoints_bot")
    reply = Reply(text="Here.", file=File(b"{}", "my-data.json"), links=(link,))
    text = drawn(reply, width=200, pictures=tmp_path)
    assert "Open Telegram: https://t.me/fairpoints_bot" in text
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == b"{}"
    assert str(kept) in text
