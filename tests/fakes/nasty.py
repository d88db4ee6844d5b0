"""What strangers write into handles, captions and names, and a programme that is full of it."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import bot.commands  # noqa: F401  # fills COMMANDS
from bot import jobs
from bot.command import Access, Call, Caller, run
from bot.commands.wording import short
from bot.config import Settings
from bot.fronts.narrow import one_line
from bot.reply import Picture, Reply
from db.models import Creator, Identity, Person
from db.store import Store
from scoring.run import Summary

ANA, ANA_ID = "ana.demo", "7000000000000000001"
FIRST_VIDEO = 7_500_000_000_000_000_001

CORPUS: dict[str, str] = {
    "everyone": "@everyone and @here",
    "user mention": "<@123456789012345678> <@!123456789012345678>",
    "role mention": "<@&123456789012345678>",
    "channel mention": "<#123456789012345678>",
    "command mention": "</mod grant:123456789012345678>",
    "timestamp": "<t:1700000000:R> <t:1>",
    "custom emoji": "<:pepe:123456789012345678> <a:wow:123456789012345678> :smile:",
    "guild navigation": "<id:customize> <id:guide>",
    "bold and italic": "**bold** *it* ***both*** __under__ _it_ ~~gone~~",
    "unfinished markup": "**bold _it ~~gone ||sp `code",
    "escaped markup": r"\**bold\** \\ \_x\_ \`",
    "masked link": "[free mugs](https://evil.example/x) [a](<https://evil.example>)",
    "raw links": "https://evil.example/?a=1&b=2 http://127.0.0.1 www.evil.com evil.com/x?y",
    "unfurled link": "<https://evil.example>",
    "invites": "discord.gg/abc https://discord.com/invite/abc t.me/joinchat/abc tg://resolve?d=x",
    "code": "`code` ``co`de`` ```\nfence\n``` ```js\nalert(1)```",
    "unfinished fence": "```ansi\n\x1b[31mred",
    "heading": "# Title\n## Two\n### Three\n-# small",
    "quote and list": "> quote\n>>> all\n- one\n* two\n+ three\n1. four",
    "spoiler": "||secret|| |one|",
    "html": "<b>bold</b> <a href='https://evil.example'>x</a> <script>alert(1)</script> <br/>",
    "entities": "&lt;b&gt; &amp; &#60;i&#62; &quot; &nbsp; &#0; &bogus;",
    "half tags": "<b <pre></pre> </b> <tg-spoiler> < > <<>>",
    "rtl override": "safe\u202egnp.exe\u202c \u2067iso\u2069 \u200fmark\u200e",
    "rtl text": "שלום عالم كوب",
    "zero width": "a\u200bd\u2060m\ufeffi\u00adn \u200c\u200d",
    "zalgo": "z" + "\u0301\u0334\u0489" * 40 + "algo",
    "long": "x" * 4_000,
    "long words": "word <&*_ " * 400,
    "long emoji": "🎁" * 2_000,
    "emoji": "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 👍🏽 🇲🇾 1️⃣ ☕",
    "joiners alone": "\u200d\u200d\u200d",
    "tag characters": "a\U000e0041\U000e0042b \U000f0000",
    "variation selectors": "a" + "\ufe0f" * 50,
    "null bytes": "a\x00b\x00",
    "controls": "a\x01\x02\x07\x08\x7f\x85\x9b31mb\r\nc\td\x0be\x0cf",
    "ansi": "\x1b[2J\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "line separators": "one\u2028two\u2029three",
    "lone surrogates": "a\ud800b\udfffc",
    "formulas": "=HYPERLINK(\"https://evil.example\") +1+1 -2 @SUM(1) =cmd|' /C calc'!A0",
    "telegram names": "@durov /mod_grant@fairpoints_test_bot /forgetme #tag $USD",
    "mail and phone": "mail@evil.com mailto:a@b.co +49 170 1234567",
    "call separator": "videos|likes|2 | || |",
    "quotes": "\"'`“”‘’«» it's 5\" tall",
    "placeholders": "{reward} {0} {} {{x}} %s %(x)d $x ${x} {reward.__class__}",
    "rich markup": "[red]x[/red] [link=https://evil.example]y[/link] [/]",
    "mathematics": "$\\frac{a}{b}$ $x_",
    "sql": "'; DROP TABLE videos; --",
    "spaces alone": " \u3000\u00a0\t ",
    "wide letters": "咖啡杯 ｆｕｌｌ 한국어",
}  # fmt: skip
"""By what each tries."""

HANDLES = [
    "everyone", "here", "__ana__", "_it_", "__", "evil.com", "anna.me", "1.", "...", "x" * 64,
    "كوب", "咖啡杯", "mod_grant", "7000000000000000001", "t.me",
]  # fmt: skip
"""Nasty ones that are handles as TikTok has them: letters, digits, _ and dots."""
REWARD_IDS = [f"r{at}" for at in range(len(CORPUS))]
TYPED = [one for one in CORPUS.values() if one.strip()]
MODERATOR = Caller("console", "moderator", "moderator", Access.MODERATOR, moderators_place=True)


def rows(now: datetime) -> list[dict[str, object]]:
    """An export's rows: Ana's videos with each caption, and a creator under each handle."""
    own = [_row(at, now, ANA, ANA_ID, "Ana", text) for at, text in enumerate(CORPUS.values())]
    others = [
        _row(at + 500, now, text, str(7_000_000_000_000_001_001 + 2 * at), text, text)
        for at, text in enumerate([*HANDLES, *CORPUS.values()])
    ]
    return [*own, *others]


def _row(
    at: int, now: datetime, handle: str, creator_id: str, nickname: str, caption: str
) -> dict[str, object]:
    posted = now - timedelta(days=30, minutes=at)
    return {
        "id": str(FIRST_VIDEO + 2 * at),
        "text": caption,
        "createTimeISO": posted.isoformat(),
        "observed_at": (posted + timedelta(days=15)).isoformat(),
        "authorMeta": {"id": creator_id, "name": handle, "nickName": nickname, "fans": 1500},
        "playCount": 50_000 + at,
        "diggCount": 4_000,
        "shareCount": 100,
        "collectCount": 200,
        "commentCount": 50,
    }


async def programme(settings: Settings, store: Store, now: datetime) -> Summary:
    """Take the corpus in as an export, settle it, put it into the shop, and link Ana."""
    path = Path(settings.data_dir) / "nasty.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in rows(now)))
    (taken,) = await jobs.run_files(settings, store, [path], now)
    refreshed = await jobs.run_refresh(settings, store, now, jobs.BY_HAND)
    assert refreshed.problem is None, refreshed
    for reward_id, text in zip(REWARD_IDS, CORPUS.values(), strict=True):
        reply = await moderates(
            settings, store, now, reward_id, name=text[:60], exposure=text[:200]
        )
        assert "our fault" not in reply.text, text
    return taken


async def moderates(
    settings: Settings, store: Store, now: datetime, reward: str, **terms: str
) -> Reply:
    """Let a moderator put a reward on sale."""
    call = Call(store, settings, MODERATOR, now, f"nasty:{reward}")
    given = {"reward": reward, "amount": "10", "reason": terms["name"] or "none", **terms}
    return await run(call, "mod reward add", given)


def link_ana(session: Session, platform: str, user_id: str, now: datetime) -> None:
    """Let a person be Ana, without the way that people take."""
    name = CORPUS["html"]
    session.add(Person(person_id="p", name=name, creator_id=ANA_ID, linked_at=now, created_at=now))
    session.flush()
    session.add(Identity(platform=platform, user_id=user_id, person_id="p", created_at=now))


def handles(session: Session) -> list[str]:
    """The handles that were taken in."""
    return list(session.scalars(select(Creator.handle).where(Creator.handle != ANA)))


def move_ana(session: Session, user_id: str) -> None:
    """Let her have this user id, which is known only once a test runs."""
    session.execute(update(Identity).values(user_id=user_id))


def video_id(at: int) -> str:
    """Ana's video with the caption at this place of the corpus."""
    return str(FIRST_VIDEO + 2 * at)


def title_of(caption: str) -> str:
    """What stands of a caption in a title, as far as an export brings it in."""
    kept = caption.replace("\0", "").encode("utf-8", "replace").decode()
    return one_line(short(kept, 60))


class DrawnOnce:
    """Stands for the drawing of receipts, which takes its time: all get the first one's picture."""

    def __init__(self, draw: Callable[..., Awaitable[Picture]]) -> None:
        self._draw = draw
        self._picture: Picture | None = None

    async def __call__(self, *said: object) -> Picture:
        self._picture = self._picture or await self._draw(*said)
        return self._picture
