"""What is pressed or chosen under a message: a menu, buttons and links, within Discord's limits.

Five rows in all: a menu fills one, of 25 options at most with 100 units for each label and value;
a row has five buttons with labels of 80. Each is a command call and nothing more, so it works
after any restart.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from math import ceil
from typing import Any

import discord

from bot.fronts.on_discord_text import NOTHING, plain
from bot.line import marked_call
from bot.reply import Button, Link, Menu, Reply, Style

BUTTON_PREFIX = "fp:"
"""Stands before a button's call in its custom_id, so that no other component is taken for one."""
MENU_ID = "fp-menu"
"""The custom_id of a menu, of which a message has one at most."""

ROWS = 5
ROW_BUTTONS = 5
LABEL_UNITS = 80
OPTIONS = 25
OPTION_UNITS = 100
PROMPT_UNITS = 150

STYLES = {
    Style.PLAIN: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}
View = discord.ui.View
Item = discord.ui.Item[View]


def chosen_call(data: Mapping[str, Any]) -> str | None:
    """Return the call of what was pressed or chosen; None where it is not one of ours."""
    pressed = str(data["custom_id"])
    if pressed == MENU_ID:
        return str(data["values"][0])
    return pressed.removeprefix(BUTTON_PREFIX) if pressed.startswith(BUTTON_PREFIX) else None


def view(reply: Reply) -> View | None:
    """Make what stands under a reply, if anything does."""
    rows = list(_rows(reply))
    if not rows:
        return None
    made = discord.ui.View(timeout=None)
    for place, row in enumerate(rows):
        for item in row:
            item.row = place
            made.add_item(item)
    # A view that has ended is not kept in memory: presses come in by their custom_id.
    made.stop()
    return made


def _rows(reply: Reply) -> Iterator[list[Item]]:
    """Menu, buttons and links under each other; of too many buttons the last ones go."""
    menu = [[_select(reply.menu)]] if reply.menu and reply.menu.choices else []
    links = [[_link(one) for one in reply.links[:ROW_BUTTONS]]] if reply.links else []
    buttons = _in_rows(_different(reply.buttons), ROWS - len(menu) - len(links))
    yield from menu
    yield from ([_button(one) for one in row] for row in buttons)
    yield from links


def _different(buttons: Iterable[Button]) -> list[Button]:
    """Of two that do the same, which Discord refuses, the first stays."""
    by_call: dict[str, Button] = {}
    for one in buttons:
        by_call.setdefault(marked_call(one), one)
    return list(by_call.values())


def _in_rows(buttons: list[Button], most: int) -> list[list[Button]]:
    """Give buttons of the same command rows of their own, about as long as each other."""
    kept = buttons[: most * ROW_BUTTONS]
    runs = [list(run) for _, run in groupby(kept, key=lambda one: one.call.partition("|")[0])]
    rows: list[list[Button]] = []
    for is_alone, group in groupby(runs, key=lambda run: len(run) == 1):
        for run in [list(chain(*group))] if is_alone else group:
            length = ceil(len(run) / ceil(len(run) / ROW_BUTTONS))
            rows += [run[at : at + length] for at in range(0, len(run), length)]
    if len(rows) > most:
        return [kept[at : at + ROW_BUTTONS] for at in range(0, len(kept), ROW_BUTTONS)]
    return rows


def _select(menu: Menu) -> Item:
    options = [
        discord.SelectOption(
            label=plain(one.label, OPTION_UNITS) or NOTHING, value=marked_call(one)
        )
        for one in _different(menu.choices)[:OPTIONS]
    ]
    prompt = plain(menu.prompt, PROMPT_UNITS) or None
    return discord.ui.Select(custom_id=MENU_ID, placeholder=prompt, options=options)


def _button(button: Button) -> Item:
    return discord.ui.Button(
        label=plain(button.label, LABEL_UNITS) or NOTHING,
        style=STYLES[button.style],
        custom_id=BUTTON_PREFIX + marked_call(button),
    )


def _link(link: Link) -> Item:
    return discord.ui.Button(label=plain(link.label, LABEL_UNITS) or NOTHING, url=link.url)
