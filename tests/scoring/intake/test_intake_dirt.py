"""Every kind of dirt seen in real exports, one at a time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.observed import Observed, Rejected
from tests.scoring.intake.exports import (
    NOW,
    POSTED,
    URL,
    VIDEO,
    VIDEO_ID,
    another,
    as_csv,
    as_json,
    as_jsonl,
    bad,
    good,
    read,
)


def test_a_clean_row_is_taken_in_whole(tmp_path: Path):
    assert good(tmp_path) == Observed(
        number=1,
        video_id="7706449511291367377",
        handle="jelly.cloud.demo",
        author_id="7000000000000000001",
        nickname="Jelly Cloud",
        follower_count=1500,
        video_count=12,
        caption="A jelly, cooling",
        url="https://www.tiktok.com/@jelly.cloud.demo/video/7706449511291367377",
        date_posted=datetime(2026, 11, 10, 8, tzinfo=UTC),
        observed_at=NOW,
        views=1000,
        likes=100,
        shares=10,
        bookmarks=20,
        comments=5,
    )


def test_text_numbers_are_read(tmp_path: Path):
    row = good(
        tmp_path,
        **{"playCount": "541.2K", "diggCount": "1,234", "authorMeta.video": "3 videos"},
        **{"authorMeta.fans": "1.4M"},
    )
    assert (row.views, row.likes, row.video_count, row.follower_count) == (
        541_200,
        1_234,
        3,
        1_400_000,
    )


def test_a_wholly_empty_row_is_counted_and_not_yielded(tmp_path: Path):
    empty = dict.fromkeys(VIDEO, "")
    rows = [another(1001), empty, another(1003)]
    for content in (as_csv(rows), as_json(rows), as_jsonl([rows[0], {"a": [], "b": {}}, rows[2]])):
        assert [row.number for row in read(tmp_path, content)] == [1, 3]


def test_empty_views_are_unknown_and_not_0(tmp_path: Path):
    for nothing in ("", None, " "):
        row = good(tmp_path, playCount=nothing)
        assert (row.views, row.likes) == (None, 100)


def test_a_field_that_the_source_lacks_is_unknown(tmp_path: Path):
    lacking = {name: value for name, value in VIDEO.items() if name != "collectCount"}
    [row] = read(tmp_path, as_json([lacking]))
    assert isinstance(row, Observed)
    assert row.bookmarks is None


def test_0_views_with_likes_are_accepted(tmp_path: Path):
    row = good(tmp_path, playCount=0)
    assert (row.views, row.likes) == (0, 100)


def test_bookmarks_above_likes_are_accepted(tmp_path: Path):
    assert good(tmp_path, collectCount=5_000).bookmarks == 5_000


def test_duplicate_rows_are_all_yielded(tmp_path: Path):
    rows = read(tmp_path, as_json([VIDEO, VIDEO, VIDEO | {"playCount": 1_001}]))
    assert [row.views for row in rows if isinstance(row, Observed)] == [1_000, 1_000, 1_001]


def test_a_row_without_any_count_is_rejected(tmp_path: Path):
    nothing = dict.fromkeys(
        ("playCount", "diggCount", "shareCount", "collectCount", "commentCount"), ""
    )
    _, rejected = read(tmp_path, as_json([VIDEO, VIDEO | nothing]))
    assert rejected == Rejected(2, "views", "", "none of the five counts is known")


@pytest.mark.parametrize(
    ("name", "value", "field", "reason"),
    [
        ("playCount", "-1", "views", "a count can't be negative"),
        ("diggCount", -5, "likes", "a count can't be negative"),
        ("shareCount", True, "shares", "not a number"),
        ("collectCount", "NaN", "bookmarks", "not a number"),
        ("commentCount", "inf", "comments", "not a number"),
        ("commentCount", "plenty", "comments", "not a number"),
        ("playCount", "12,5", "views", "not a whole number"),
        ("playCount", 2**63, "views", "larger than 9223372036854775807"),
        ("authorMeta.fans", "many", "follower_count", "not a number"),
        ("authorMeta.video", "-3", "video_count", "a count can't be negative"),
    ],
)
def test_a_bad_count_rejects_its_row_by_name(
    tmp_path: Path, name: str, value: object, field: str, reason: str
):
    assert bad(tmp_path, **{name: value}) == (field, str(value), reason)


@pytest.mark.parametrize(
    ("name", "label", "field"),
    [
        ("shareCount", "Share", "shares"),
        ("diggCount", "Likes", "likes"),
        ("collectCount", "Favorites", "bookmarks"),
        ("commentCount", " comments ", "comments"),
    ],
)
def test_the_buttons_own_label_in_place_of_its_count_means_unknown(
    tmp_path: Path, name: str, label: str, field: str
):
    """TikTok draws the word where it shows no number: the other counts are still good."""
    assert getattr(good(tmp_path, **{name: label}), field) is None


def test_another_buttons_label_rejects_the_row(tmp_path: Path):
    """Then the row's cells have moved, and its other counts can't be trusted either."""
    assert bad(tmp_path, playCount="Share") == ("views", "Share", "not a number")
    assert bad(tmp_path, diggCount="Share") == ("likes", "Share", "not a number")


def test_only_the_beginning_of_a_long_value_is_shown(tmp_path: Path):
    _, value, _ = bad(tmp_path, playCount="x" * 5_000)
    assert value == "x" * 199 + "…"


def test_ids_above_2_to_the_53_keep_their_digits(tmp_path: Path):
    for written in (VIDEO_ID, int(VIDEO_ID)):
        assert good(tmp_path, id=written, webVideoUrl="").video_id == "7706449511291367377"


@pytest.mark.parametrize(
    "destroyed", ["7.47e+18", "7.71E+18", "7,71E+18", 7.706449511291367e18, "7706449511291367424"]
)
def test_a_destroyed_id_rejects_its_row(tmp_path: Path, destroyed: object):
    field, _, reason = bad(tmp_path, id=destroyed, webVideoUrl="")
    assert field == "video_id"
    assert reason == "a destroyed id: it was kept as a float, and its last digits are lost"


@pytest.mark.parametrize(
    "destroyed",
    [
        "7.71E+18", 7.7e18, "7706449511291367424", "7706449511291367000", "", "17",
    ],
)  # fmt: skip
def test_the_address_gives_the_id_that_the_row_lost(tmp_path: Path, destroyed: object):
    assert good(tmp_path, id=destroyed).video_id == "7706449511291367377"


def test_an_id_that_ends_in_000_is_destroyed_where_no_other_shows_more_digits(tmp_path: Path):
    """JavaScript and spreadsheets leave ids so; of true ids 2 in 1,000 end so by chance."""
    rounded = VIDEO | {"id": "7706449511291367000", "webVideoUrl": ""}
    [rejected] = read(tmp_path, as_json([rounded]))
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith("a destroyed id")
    exact = another(1001) | {"webVideoUrl": ""}
    first, _ = read(tmp_path, as_json([rounded, exact]))
    assert isinstance(first, Observed)
    assert first.video_id == "7706449511291367000"


def test_an_address_confirms_an_id_that_ends_in_000(tmp_path: Path):
    row = good(tmp_path, id="7706449511291367000", webVideoUrl=URL[:-3] + "000")
    assert row.video_id == "7706449511291367000"


def test_an_id_of_another_video_than_the_address_rejects_the_row(tmp_path: Path):
    assert bad(tmp_path, id="7706449511291367378") == (
        "video_id",
        "7706449511291367378",
        "not the video that the address names",
    )


@pytest.mark.parametrize("nonsense", ["abc", "17", "-7706449511291367377"])
def test_what_is_no_id_rejects_its_row(tmp_path: Path, nonsense: str):
    reason = "not an id: 15 to 19 digits are allowed"
    assert bad(tmp_path, id=nonsense, webVideoUrl="") == ("video_id", nonsense, reason)


def test_id_handle_and_date_come_from_the_address_where_the_row_has_none(tmp_path: Path):
    row = good(tmp_path, **{"id": "", "createTime": "", "authorMeta.name": ""})
    assert (row.video_id, row.handle) == ("7706449511291367377", "jelly.cloud.demo")
    assert row.date_posted == POSTED


def test_a_row_with_neither_id_nor_address_is_rejected(tmp_path: Path):
    reason = "no id, and no address of the video to take it from"
    assert bad(tmp_path, id="", webVideoUrl="") == ("video_id", "", reason)


def test_a_row_that_says_it_found_nothing_is_rejected_with_its_own_words(tmp_path: Path):
    nothing = dict.fromkeys(VIDEO, "") | {"error": "No video was found under this tag."}
    _, rejected = read(tmp_path, as_json([VIDEO, nothing]))
    assert rejected == Rejected(
        2, "error", "No video was found under this tag.", "the export says that it found no video"
    )


def test_a_missing_handle_rejects_the_row_and_so_does_a_strange_one(tmp_path: Path):
    field, _, reason = bad(tmp_path, **{"authorMeta.name": "", "webVideoUrl": ""})
    assert (field, reason[:9]) == ("handle", "no handle")
    field, value, reason = bad(tmp_path, **{"authorMeta.name": "not a handle!"})
    assert (field, value, reason[:12]) == ("handle", "not a handle!", "not a handle")


def test_an_address_elsewhere_is_not_kept(tmp_path: Path):
    assert good(tmp_path, webVideoUrl="https://evil.example/x").url is None


def test_an_address_is_kept_without_what_follows_the_id(tmp_path: Path):
    assert good(tmp_path, webVideoUrl=f"{URL}?from=mail&token=1#top").url == URL


@pytest.mark.parametrize(
    "written",
    ["1794297600", 1794297600000, "2026-11-10T08:00:00.000Z", "2026-11-10 08:00:00"],
)
def test_times_are_read_in_every_notation(tmp_path: Path, written: object):
    assert good(tmp_path, createTime=written).date_posted == POSTED


@pytest.mark.parametrize(
    ("written", "shown", "reason"),
    [
        ("last week", "last week", "not a time"),
        ("1.79E+09", "1.79E+09", "not a time"),
        ("2013-12-31T23:59:59Z", "2013-12-31T23:59:59+00:00", "before 2014"),
        ("2026-11-24T12:30:00Z", "2026-11-24T12:30:00+00:00", "in the future"),
    ],
)
def test_an_impossible_date_rejects_the_row(tmp_path: Path, written: str, shown: str, reason: str):
    assert bad(tmp_path, createTime=written) == ("date_posted", shown, reason)


def test_clocks_may_differ_by_ten_minutes(tmp_path: Path):
    """A video is never seen before it was posted: the reading counts as of that second."""
    row = good(tmp_path, createTime=(NOW + timedelta(minutes=10)).isoformat())
    assert row.observed_at == row.date_posted == NOW + timedelta(minutes=10)


def test_a_caption_keeps_its_text_and_loses_what_databases_refuse(tmp_path: Path):
    said = 'line 1\nline 2, "quoted"; \U0001f60d \u0e01'
    assert good(tmp_path, text=said).caption == said
    [row] = read(tmp_path, as_csv([VIDEO | {"text": "a\0b"}]))
    assert isinstance(row, Observed)
    assert row.caption == "ab"
    [row] = read(tmp_path, b'{"id":"%s","diggCount":1,"uniqueId":"jelly","desc":"\\ud83d"}\n'
                 % VIDEO_ID.encode())  # fmt: skip
    assert isinstance(row, Observed)
    assert row.caption == "?"


def test_a_caption_is_cut_at_10_000_characters_and_may_be_missing(tmp_path: Path):
    assert good(tmp_path, text="é" * 10_001).caption == "é" * 10_000
    assert good(tmp_path, text=None).caption == ""
