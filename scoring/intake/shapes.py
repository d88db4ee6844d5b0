"""The one table of names: what each kind of export calls the fields of a video.

A new source is a new name here and nothing else. Names are compared in their plain form: without
case, `_`, `-` and spaces, and with `.` between levels, so that `authorMeta.name`,
`authorMeta/name`, `author_meta.name` and a `name` inside an `authorMeta` are one.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, PlainValidator

from scoring.intake import names
from scoring.intake.counts import count
from scoring.intake.times import Window, moment, window

Fields = dict[str, object]
"""The values of one row that are not empty, under the plain form of a known name."""

T = TypeVar("T")

WAITING_ROWS = 1_000
CAPTION_CHARS = 10_000
NAME_CHARS = 200
BIO_CHARS = 1_000

_PLAIN = str.maketrans({"/": ".", "_": None, "-": None, " ": None, "\ufeff": None})


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return the form in which names are compared."""
    return name.translate(_PLAIN).lower()


def _named(*choices: str) -> Any:  # Any as pydantic's own Field returns it
    """Declare the names of a field; where a row has several, the first is taken."""
    return Field(default=None, validation_alias=AliasChoices(*map(plain, choices)))


def _counted(*labels: str) -> PlainValidator:
    """Read a count; TikTok draws the button's own word where it shows no count: unknown."""

    def read(value: object) -> int | None:
        try:
            return count(value)
        except ValueError:
            if isinstance(value, str) and value.strip().lower() in {"", *labels}:
                return None
            raise

    return PlainValidator(read)


Count = Annotated[int | None, _counted()]
Likes = Annotated[int | None, _counted("like", "likes")]
Shares = Annotated[int | None, _counted("share", "shares")]
Bookmarks = Annotated[
    int | None,
    _counted("save", "saves", "favorite", "favorites", "favourite", "favourites", "bookmark"),
]
Comments = Annotated[int | None, _counted("comment", "comments")]
Id = Annotated[str | None, PlainValidator(names.id_text)]
AuthorId = Annotated[str | None, PlainValidator(names.author_id)]
Handle = Annotated[str | None, PlainValidator(names.handle)]
Url = Annotated[names.Address | None, PlainValidator(names.address)]
Caption = Annotated[str | None, PlainValidator(partial(names.text, limit=CAPTION_CHARS))]
Name = Annotated[str | None, PlainValidator(partial(names.text, limit=NAME_CHARS))]
Bio = Annotated[str | None, PlainValidator(partial(names.text, limit=BIO_CHARS))]
Posted = Annotated[datetime | None, PlainValidator(moment)]
Seen = Annotated[Window | None, PlainValidator(window)]


class Shape(BaseModel):
    """One row of any export, its values read; None where it has no such field or left it empty."""

    model_config = ConfigDict(frozen=True, loc_by_alias=False, hide_input_in_errors=True)

    # fmt: off
    video_id: Id = _named(
        "video_id", "vid_id", "aweme_id", "item_id", "post_id", "id", "video.id",
    )
    url: Url = _named(
        "webVideoUrl", "vid_url", "video_url", "webpage_url", "share_url", "postPage", "link",
        "url",
    )
    handle: Handle = _named(
        "authorMeta.name", "author.uniqueId", "channel.username", "username", "uniqueId",
        "author_username", "profile_username", "uploader", "handle", "author",
    )
    author_id: AuthorId = _named(
        "authorMeta.id", "author.id", "author.uid", "channel.id", "author_id", "profile_id",
        "uploader_id", "user_id",
    )
    nickname: Name = _named(
        "authorMeta.nickName", "author.nickname", "channel.name", "nickname", "user_nickname",
        "display_name",
    )
    follower_count: Count = _named(
        "authorMeta.fans", "authorStatsV2.followerCount", "authorStats.followerCount",
        "author.followerCount", "channel.followers", "user_nfollower", "channel_follower_count",
        "profile_followers", "follower_count",
    )
    video_count: Count = _named(
        "authorMeta.video", "authorStatsV2.videoCount", "authorStats.videoCount",
        "author.aweme_count", "channel.videos", "video_count",
    )
    bio: Bio = _named(
        "authorMeta.signature", "author.signature", "channel.bio", "bio_description",
        "user_signature", "author_signature", "signature", "profile_biography", "biography",
        "author_bio", "user_bio", "profile_bio", "bio",
    )
    caption: Caption = _named(
        "text", "desc", "vid_caption", "video_description", "caption", "description", "title",
    )
    date_posted: Posted = _named(
        "createTime", "createTimeISO", "vid_postTime", "uploadedAt", "date_posted", "posted_at",
        "created_at", "published_at",
    )
    observed_at: Seen = _named(
        "observed_at", "vid_scrapeTime", "scrape_time", "scraped_at", "collect_time",
        "collected_at", "crawl_time", "crawled_at", "fetched_at", "retrieved_at", "extracted_at",
    )
    # statsV2 is exact text where TikTok's stats of the same row are rounded
    views: Count = _named(
        "statsV2.playCount", "playCount", "view_count", "vid_nview", "video_view_count", "views",
        "plays", "statistics.play_count", "stats.playCount",
    )
    likes: Likes = _named(
        "statsV2.diggCount", "diggCount", "like_count", "likes_count", "vid_nlike",
        "video_like_count", "likes", "statistics.digg_count", "stats.diggCount",
    )
    shares: Shares = _named(
        "statsV2.shareCount", "shareCount", "vid_nshare", "video_share_count", "repost_count",
        "shares", "statistics.share_count", "stats.shareCount",
    )
    bookmarks: Bookmarks = _named(
        "statsV2.collectCount", "collectCount", "favorites_count", "favourites_count",
        "bookmark_count", "save_count", "vid_nsave", "bookmarks", "saves",
        "statistics.collect_count", "stats.collectCount",
    )
    comments: Comments = _named(
        "statsV2.commentCount", "commentCount", "vid_ncomment", "video_comment_count", "comments",
        "statistics.comment_count", "stats.commentCount",
    )
    error: Name = _named("error", "errorMessage", "error_message")
    # fmt: on


def _choices(field: str) -> list[str]:
    alias = Shape.model_fields[field].validation_alias
    if not isinstance(alias, AliasChoices):
        raise TypeError(f"{field} is declared without names")
    return [str(choice) for choice in alias.choices]


NAMES = frozenset(name for field in Shape.model_fields for name in _choices(field))
BRANCHES = frozenset(
    name[:place] for name in NAMES for place, sign in enumerate(name) if sign == "."
)
"""The objects that hold known names: nothing else of a nested row is looked into."""

_COUNTS = frozenset(
    name
    for field in ("views", "likes", "shares", "bookmarks", "comments")
    for name in _choices(field)
)


def is_video(known: Mapping[str, object]) -> bool:
    """Whether names or fields are a video's: one of the five counts is among them."""
    return not _COUNTS.isdisjoint(known)


def if_videos(rows: Iterator[T], fields: Callable[[T], Fields]) -> Iterator[T]:
    """Pass rows on from the first, once one of the first 1,000 is a video; otherwise none.

    The rows that wait have no count, so nothing is lost by cutting their texts to spare memory.
    """
    waiting = []
    for row in islice(rows, WAITING_ROWS):
        waiting.append(row)
        known = fields(row)
        if is_video(known):
            yield from waiting
            yield from rows
            return
        known.update({name: text[:200] for name, text in known.items() if isinstance(text, str)})


def video_ids(fields: Fields) -> list[str]:
    """Return what a row offers as the video's id, the best first."""
    return [names.id_text(fields[name]) for name in _choices("video_id") if name in fields]


def fields_of(row: Mapping[Any, object], prefix: str = "") -> Fields:
    """Return the known fields of a nested or flattened row that are not empty."""
    fields: Fields = {}
    for key, value in row.items():
        name = prefix + plain(str(key))
        if isinstance(value, dict):
            if name in BRANCHES:
                fields |= fields_of(value, name + ".")
        elif name in NAMES and value is not None and value != "" and not isinstance(value, list):
            fields[name] = value
    return fields


def is_blank(row: object) -> bool:
    """Whether all that a nested row holds is empty."""
    waiting = [row]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif value is not None and not (isinstance(value, str) and not value.strip()):
            return False
    return True
