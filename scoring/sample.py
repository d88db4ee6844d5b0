"""Invented exports to try the program on: the same seed and anchor make the same bytes.

Every creator, caption and count is made up here. The counts are heavy-tailed and saturate with a
video's age, as real ones do; what is dirty in real exports is dirty in the last file.
"""

import csv
import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

WEEKLY_READINGS = 4
POSTED_WITHIN = timedelta(days=56)
CLEAN_ROWS = 60
BAD_ROWS = 7

VIDEOS_OF_CREATORS = (
    *(18 * [1] + 18 * [2] + 14 * [3]),
    *(4 * [4] + 4 * [5] + 4 * [6] + 4 * [7] + 3 * [8] + 3 * [9]),
    *(15, 16, 18, 19, 21, 23, 26, 27),
)
"""How many videos each of the 80 creators posted: most now and then, a few all the time."""

_FIRST = (
    "amber",
    "brisk",
    "cosy",
    "dapper",
    "eager",
    "fuzzy",
    "gentle",
    "humble",
    "jolly",
    "mellow",
)
_SECOND = ("acorn", "badger", "comet", "dumpling", "gecko", "kettle", "lantern", "noodle")


class _Language(NamedTuple):
    """What captions are made of."""

    praise: tuple[str, ...]
    complaint: tuple[str, ...]
    plain: tuple[str, ...]
    things: tuple[str, ...]


_ENGLISH = _Language(
    praise=(
        "I love how {thing} turned out, best day ever! 😍",
        "So happy with {thing}, thank you all ❤️",
        "{thing} made me smile today, what a wonderful surprise",
        "Finally finished {thing} and it looks amazing",
    ),
    complaint=(
        "{thing} was a terrible idea, I hate it 😡",
        "Worst week ever: {thing} broke again 😭",
        "Honestly {thing} is a horrible waste of money",
    ),
    plain=(
        "{thing}, part {number}",
        "How I set up {thing} in {number} minutes",
        "{thing}: what you need and where it goes",
    ),
    things=("the balcony garden", "my paper boat", "the old bicycle", "a lemon cake"),
)
_OTHERS = (
    _Language(
        praise=("¡Qué alegría, {thing} salió perfecto! 😍",),
        complaint=("Qué desastre con {thing}, estoy triste 😭",),
        plain=("Un martes con {thing}", "{thing} en {number} pasos"),
        things=("la bicicleta", "el barco de papel", "la tarta de limón"),
    ),
    _Language(
        praise=("Endlich fertig: {thing}, einfach wunderbar ❤️",),
        complaint=("Schon wieder kaputt: {thing} 😡",),
        plain=("{thing} in {number} Schritten", "{thing}, Teil {number}"),
        things=("das Papierboot", "mein Balkon", "der Zitronenkuchen"),
    ),
    _Language(
        praise=("Vui quá, {thing} đẹp tuyệt vời 😍",),
        complaint=("{thing} lại hỏng rồi, buồn quá 😭",),
        plain=("Một ngày với {thing}", "{thing}, phần {number}"),
        things=("chiếc xe đạp", "thuyền giấy", "bánh chanh"),
    ),
    _Language(
        praise=("Senang sekali dengan {thing} hari ini 😄",),
        complaint=("{thing} rusak lagi, sedih sekali 😭",),
        plain=("Cara membuat {thing}", "{thing}, bagian {number}"),
        things=("perahu kertas", "kue lemon", "kebun kecil"),
    ),
)


@dataclass(frozen=True)
class _Creator:
    author_id: int
    handle: str
    nickname: str
    fans: int
    reach: float
    """How many times the views of an average creator."""
    videos: int


@dataclass(frozen=True)
class _Video:
    video_id: int
    creator: _Creator
    caption: str
    posted: datetime
    views: float
    """Once it is old."""
    days: float
    """Until it has 63 % of them."""
    rates: tuple[float, float, float, float]
    """Likes, shares, bookmarks and comments a view."""


def make_sample(folder: Path, *, anchor: datetime, seed: int = 20) -> list[Path]:
    """Write four weekly exports that end at `anchor`, and a dirty one; return their paths.

    Args:
        folder: where they are written; it is made where it is missing.
        anchor: the aware time of the last weekly reading.
        seed: chooses the creators, the videos and their counts.

    """
    if anchor.tzinfo is None:
        raise ValueError("anchor needs a timezone")
    anchor = anchor.astimezone(UTC).replace(microsecond=0)
    chance = random.Random(seed)  # noqa: S311  # invented data, no secret
    posts = chance.sample(VIDEOS_OF_CREATORS, len(VIDEOS_OF_CREATORS))
    creators = [_creator(chance, place, posts[place], anchor) for place in range(len(posts))]
    videos = [_video(chance, one, anchor) for one in creators for _ in range(one.videos)]
    folder.mkdir(parents=True, exist_ok=True)
    weekly = [
        _write_weekly(folder, chance, videos, anchor - timedelta(weeks=weeks))
        for weeks in reversed(range(WEEKLY_READINGS))
    ]
    return [*weekly, _write_dirty(folder, chance, creators, anchor - timedelta(days=3))]


def _creator(chance: random.Random, place: int, videos: int, anchor: datetime) -> _Creator:
    first, second = _FIRST[place % len(_FIRST)], _SECOND[place // len(_FIRST) % len(_SECOND)]
    joined = anchor - timedelta(days=chance.randint(200, 2_000))
    reach = math.exp(chance.gauss(0, 0.8))
    return _Creator(
        author_id=_new_id(chance, joined),
        handle=f"{first}.{second}.demo",
        nickname=f"{first} {second}".title(),
        fans=int(2_000 * reach * chance.uniform(0.5, 4)),
        reach=reach,
        videos=videos,
    )


def _video(chance: random.Random, creator: _Creator, before: datetime) -> _Video:
    posted = before - timedelta(seconds=int(chance.uniform(3_600, POSTED_WITHIN.total_seconds())))
    return _Video(
        video_id=_new_id(chance, posted),
        creator=creator,
        caption=_caption(chance),
        posted=posted,
        views=creator.reach * math.exp(chance.gauss(8.6, 1.5)),
        days=chance.uniform(1.5, 6),
        rates=(
            chance.betavariate(4, 50),
            chance.betavariate(1.2, 200),
            chance.betavariate(1.5, 150),
            chance.betavariate(1.5, 250),
        ),
    )


def _new_id(chance: random.Random, made: datetime) -> int:
    """Make an id as TikTok does: the seconds above 32 bits that tell videos of a second apart."""
    return (int(made.timestamp()) << 32) + chance.randrange(2**31) * 2 + 1


def _caption(chance: random.Random) -> str:
    language = _ENGLISH if chance.random() < 0.6 else chance.choice(_OTHERS)
    tones = (language.praise, language.complaint, language.plain)
    text = chance.choice(chance.choices(tones, weights=(4, 2, 4))[0])
    said = text.format(thing=chance.choice(language.things), number=chance.randint(2, 9))
    return said[0].upper() + said[1:]


def _counts(chance: random.Random, video: _Video, seen: datetime) -> tuple[int, ...]:
    """Return views, likes, shares, bookmarks and comments; a few comments vanish again."""
    age = (seen - video.posted) / timedelta(days=1)
    views = int(video.views * (1 - math.exp(-age / video.days)))
    likes, shares, bookmarks, comments = (int(views * rate) for rate in video.rates)
    return views, likes, shares, bookmarks, comments - (chance.random() < 0.15) * (comments // 20)


def _write_weekly(
    folder: Path, chance: random.Random, videos: list[_Video], seen: datetime
) -> Path:
    path = folder / f"trending_{seen:%Y-%m-%d_%H-%M-%S}.json"
    rows = [_nested(chance, one, seen) for one in videos if one.posted < seen]
    export = {"headers": {"user-agent": "sample"}, "collector": rows, "zip": "trend"}
    path.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8", newline="\n")
    return path


def _nested(chance: random.Random, video: _Video, seen: datetime) -> dict[str, object]:
    views, likes, shares, bookmarks, comments = _counts(chance, video, seen)
    creator = video.creator
    return {
        "id": str(video.video_id),
        "text": video.caption,
        "createTime": int(video.posted.timestamp()),
        "authorMeta": {
            "id": str(creator.author_id),
            "name": creator.handle,
            "nickName": creator.nickname,
            "fans": creator.fans,
            "video": creator.videos,
        },
        "webVideoUrl": _address(video),
        "diggCount": likes,
        "shareCount": shares,
        "playCount": views,
        "collectCount": bookmarks,
        "commentCount": comments,
    }


def _address(video: _Video) -> str:
    return f"https://www.tiktok.com/@{video.creator.handle}/video/{video.video_id}"


def _write_dirty(
    folder: Path, chance: random.Random, creators: list[_Creator], seen: datetime
) -> Path:
    path = folder / f"dataset_tiktok-scraper_{seen:%Y-%m-%d_%H-%M-%S}-123.csv"
    owners = chance.choices(creators, k=CLEAN_ROWS + BAD_ROWS)
    rows = [_flat(_nested(chance, _video(chance, one, seen), seen)) for one in owners]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL)
        table.writerow(rows[0])
        table.writerows(_soiled(rows, seen))
    return path


def _flat(row: dict[str, object]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in row.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        flat |= {f"{name}/{key}".rstrip("/"): str(one) for key, one in inner}
    return flat | {"error": ""}


def _soiled(rows: list[dict[str, str]], seen: datetime) -> Iterator[list[str]]:
    """Yield the rows with what is wrong in real exports, harmless and not, and some that are extra.

    The first 60 can be read for all their dirt; each of the last 7 has to be rejected.
    """
    later = str(int((seen + timedelta(days=400)).timestamp()))
    harmless: list[dict[str, str]] = [
        {"playCount": f"{int(rows[0]['playCount']) / 1000:.1f}K"},
        {"diggCount": f"{int(rows[1]['diggCount']):,}"},
        {"authorMeta/video": f"{rows[2]['authorMeta/video']} videos"},
        {"id": f"{int(rows[3]['id']):.2E}"},
        {"id": "", "createTime": ""},
        {"playCount": ""},
        {"playCount": "0"},
        {"collectCount": str(int(rows[7]["diggCount"]) + 5)},
        {"shareCount": "Share"},
        {"createTime": rows[9]["createTime"] + "000"},
        {"createTime": datetime.fromtimestamp(int(rows[10]["createTime"]), UTC).isoformat()},
    ]
    fatal: list[dict[str, str]] = [
        {"id": f"{int(rows[-7]['id']):.2E}", "webVideoUrl": ""},
        {"diggCount": "-1"},
        {"playCount": "plenty"},
        {"commentCount": "NaN"},
        {"authorMeta/name": "not a handle!"},
        {"createTime": later},
        dict.fromkeys(rows[0], "") | {"error": "No video was found under this tag."},
    ]
    clean: list[dict[str, str]] = [{}] * (CLEAN_ROWS - len(harmless))
    for row, dirt in zip(rows, [*harmless, *clean, *fatal], strict=True):
        yield list((row | dirt).values())
    yield [""] * len(rows[0])
    yield from (list(one.values()) for one in rows[20:23])
    yield list(rows[0].values())[:-2]
