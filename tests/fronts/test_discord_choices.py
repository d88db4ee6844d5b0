"""Discord: menus, links and files, within every limit."""

from typing import Any

import pytest

from bot.fronts.on_discord_choices import chosen_call
from bot.fronts.on_discord_drawing import FILE_BYTES, draw
from bot.reply import Button, File, Link, Menu, Picture, Reply

PNG = b"\x89PNG"


def rows_of(reply: Reply) -> list[list[dict[str, Any]]]:
    drawn = draw(reply).view
    return [row["components"] for row in drawn.to_components()] if drawn else []


def menu_of(*calls: str) -> Menu:
    return Menu("Redeem", tuple(Button(f"To {call}", call) for call in calls))


def test_a_menu_offers_calls_before_the_buttons():
    reply = Reply(menu=menu_of("redeem|mug", "redeem|cap"), buttons=(Button("Shop", "shop"),))
    (select,), (button,) = rows_of(reply)
    assert (select["custom_id"], select["placeholder"]) == ("fp-menu", "Redeem")
    assert [(one["label"], one["value"]) for one in select["options"]] == [
        ("To redeem|mug", "redeem|mug"),
        ("To redeem|cap", "redeem|cap"),
    ]
    assert button["custom_id"] == "fp:shop"


def test_a_menu_has_25_options_at_most():
    ((select,),) = rows_of(Reply(menu=menu_of(*(f"video|{number}" for number in range(30)))))
    assert len(select["options"]) == 25


def test_of_two_options_with_the_same_call_the_first_stays():
    menu = Menu("", (Button("One", "a"), Button("Two", "a"), Button("", "b" * 64)))
    ((select,),) = rows_of(Reply(menu=menu))
    assert [one["label"] for one in select["options"]] == ["One", "—"]


def test_labels_and_prompts_are_cut():
    ((select,),) = rows_of(Reply(menu=Menu("p" * 200, (Button("x" * 200, "a"),))))
    assert len(select["placeholder"]) == 150
    assert len(select["options"][0]["label"]) == 100


def test_a_menu_without_choices_is_none():
    assert rows_of(Reply(menu=Menu("Redeem", ()))) == []


def test_menu_buttons_and_links_have_five_rows_together():
    buttons = tuple(Button(str(number), f"videos|{number}") for number in range(30))
    links = tuple(Link("Open", f"https://example.com/{number}") for number in range(7))
    rows = rows_of(Reply(menu=menu_of("shop"), buttons=buttons, links=links))
    assert [len(row) for row in rows] == [1, 5, 5, 5, 5]
    assert [one["url"] for one in rows[-1]] == [one.url for one in links[:5]]
    assert rows[-1][0]["style"] == 5


@pytest.mark.parametrize(
    ("data", "call"),
    [
        ({"custom_id": "fp:videos|2"}, "videos|2"),
        ({"custom_id": "fp-menu", "values": ["video|7"]}, "video|7"),
        ({"custom_id": "another"}, None),
    ],
)
def test_what_is_pressed_or_chosen_is_a_call(data: dict[str, Any], call: str | None):
    assert chosen_call(data) == call


def test_a_thumbnail_stands_beside_the_title():
    picture, small = Picture(PNG, "points.png", "weeks"), Picture(PNG, "points.png", "a mug")
    drawing = draw(Reply(picture=picture, thumbnail=small))
    assert [one.filename for one in drawing.files] == ["points.png", "thumbnail-points.png"]
    assert drawing.embed.image.url == "attachment://points.png"
    assert drawing.embed.thumbnail.url == "attachment://thumbnail-points.png"


def test_a_file_is_attached_under_a_plain_name():
    drawing = draw(Reply(text="Here it is.", file=File(b"{}", "../my data.json")))
    assert [one.filename for one in drawing.files] == ["file-my-data.json"]


def test_a_file_that_is_too_large_is_said_in_words():
    drawing = draw(Reply(text="Here it is.", file=File(b"x" * (FILE_BYTES + 1), "mydata.json")))
    assert drawing.files == []
    assert drawing.embed.footer.text == (
        "The file mydata.json is 10.0 MB large, and Discord takes 10 MB at most."
    )
