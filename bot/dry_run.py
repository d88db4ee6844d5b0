"""fairpoints job judge --dry-run: what watching would cost, before anything is asked."""

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app import opened
from bot.config import Settings
from bot.language import Speech, speaking
from scoring import cost


async def show_cost(settings: Settings, *, as_json: bool) -> int:
    """Print what a full pass over all that waits would cost now."""
    async with opened(settings) as store:
        found = await store.read(cost.reckon, settings.judging)
    if as_json:
        _print(json.dumps(found.as_json(), indent=2))
        return 0
    from bot.commands import mod_sentiment_cost as words  # noqa: PLC0415  # all commands

    with speaking(Speech(settings.language)):
        _print(words.who(found))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for name, said in words.told(found):
            table.add_row(Text(name), Text(said))
        Console().print(table)
        _print(words.note(settings.sentiment.judge))
    return 0


def _print(text: str) -> None:
    Console(soft_wrap=True).print(Text(text))
