"""People who ask on Discord for what is written, some twice, and note what was answered."""

import asyncio
import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.fakes.discord_payloads import MANAGE_GUILD, clicked, in_guild, sent
from tests.fakes.discord_server import DiscordServer
from tests.wire.process import OFFICE, PRICE, on_discord

BEN, MO = "42", "43"


@dataclass
class OnDiscord:
    """Ben double-clicks and clicks again what was lost; Mo grants, and sees whether it was done."""

    server: DiscordServer
    orders: dict[str, list[str]] = field(default_factory=dict)
    """The interactions of each order."""
    grants: dict[str, str] = field(default_factory=dict)
    """The interaction of each grant."""
    came: int = 0
    _ids: Any = field(default_factory=lambda: count(910_000_000_000_000_000))

    @property
    def environment(self) -> dict[str, str]:
        return on_discord(self.server)

    def expect(self) -> None:
        """Let `connected` wait for a program that starts now."""
        self.came = len(self.server.gateway.identified)

    async def connected(self) -> None:
        """Wait until the program came once more."""
        async with asyncio.timeout(20):
            await self.server.gateway.until(identified=self.came + 1)

    async def ask(self) -> None:
        """Click a new order twice, click what was lost again, and grant; events come twice too."""
        for order in [secrets.token_hex(4), *self.unanswered_orders()]:
            await self._click(order)
            await self._click(order)
        grant = f"grant {secrets.token_hex(4)}"
        self.grants[grant] = str(next(self._ids))
        given = sent(self.grants[grant], "mod grant", MO, creator="ben", amount=1, reason=grant)
        await self.server.gateway.say("INTERACTION_CREATE", in_guild(given, OFFICE, MANAGE_GUILD))
        await self.server.gateway.repeat()

    async def _click(self, order: str) -> None:
        interaction_id = str(next(self._ids))
        self.orders.setdefault(order, []).append(interaction_id)
        event = clicked(interaction_id, f"redeem|sticker|{PRICE}|{order}", BEN)
        await self.server.gateway.say("INTERACTION_CREATE", event)

    def unanswered_orders(self) -> list[str]:
        shown = self.server.shown
        return [one for one, tries in self.orders.items() if not any(t in shown for t in tries)]

    def answered_grants(self) -> set[str]:
        return {one for one, at in self.grants.items() if at in self.server.shown}

    async def until_answered(self) -> None:
        """Wait until the last order is answered, and the last grant."""
        last = (list(self.orders)[-1], list(self.grants)[-1])
        for tries in (self.orders[last[0]], [self.grants[last[1]]]):
            async with asyncio.timeout(20):
                await self.server.answer_to(tries[-1])
