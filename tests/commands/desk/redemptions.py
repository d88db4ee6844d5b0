"""The queue of redemptions, as moderators type them, and what they leave behind."""

from collections.abc import Awaitable, Callable

from sqlalchemy.orm import Session

from db import ledger, shop
from db.ledger import Movement
from db.shop import Order, redemption_id_of
from db.store import Store
from tests.commands.programme import NOW, People

CEM = "author-cem"
"""To whom nobody is linked, and who moderates nothing."""
TOUR, STORY = (redemption_id_of(f"redeem:{CEM}:{reward}") for reward in ("tour", "story"))

LINES = {
    "mod queue": "",
    "mod approve": f'{TOUR} reason="he was here before"',
    "mod reject": f"{TOUR} no tours this month",
    "mod refund": f"{STORY} nobody wrote it",
}
"""How each command is typed."""

ACTS = {
    "mod approve": (TOUR, "he was here before"),
    "mod reject": (TOUR, "no tours this month"),
    "mod refund": (STORY, "nobody wrote it"),
}
"""To what and why each was done, as the record has it; those that write nothing are missing."""


async def prepare(people: People) -> None:
    """Let there be what each command is about: Ana's mug waits already."""


async def cem_asked(store: Store) -> None:
    """Let cem ask for a tour, which needs approval, and a story, which needs none."""
    await store.write(_ask)


def _ask(session: Session) -> None:
    account = ledger.creator_account(CEM)
    prize = Movement(
        "prize-of-cem", ledger.ADJUSTMENT, 300, ledger.ISSUED, account, "a prize", "discord:77"
    )
    ledger.move(session, prize, NOW)
    for reward, price in (("tour", 200), ("story", 40)):
        key = f"redeem:{CEM}:{reward}"
        shop.redeem(session, Order(key, CEM, reward, price, f"creator:{CEM}"), NOW)


FIRST: dict[str, Callable[[Store], Awaitable[None]]] = dict.fromkeys(ACTS, cem_asked)
"""What a command needs besides, which would be in the way of others."""
