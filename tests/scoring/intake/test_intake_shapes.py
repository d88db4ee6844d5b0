"""The shapes of exports, told by the names of their fields."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.observed import Observed
from scoring.intake.shapes import NAMES, is_video, plain
from tests.scoring.intake.exports import (
    NOW,
    POSTED,
    POSTED_EPOCH,
    URL,
    VIDEO,
    VIDEO_ID,
    as_csv,
    as_json,
    as_jsonl,
    good,
    read,
    read_row,
)

WHOLE = Observed(
    number=1,
    video_id=VIDEO_ID,
    handle="jelly.cloud.demo",
    author_id="7000000000000000001",
    nickname="Jelly Cloud",
    follower_count=1500,
    video_count=12,
    caption="A jelly, cooling",
    url=URL,
    date_posted=POSTED,
    observed_at=NOW,
    views=1000,
    likes=100,
    shares=10,
    bookmarks=20,
    comments=5,
)
"""What every shape says that has all the fields."""

NESTED_AUTHOR = {
    "id": "7000000000000000001",
    "name": "jelly.cloud.demo",
    "nickName": "Jelly Cloud",
    "fans": 1500,
    "video": 12,
}
WEB_STATS = {
    "playCount": "1000",
    "diggCount": "100",
    "shareCount": "10",
    "collectCount": "20",
    "commentCount": "5",
}
SHAPES: dict[str, tuple[dict[str, Any], Observed]] = {
    "Kaggle, and Apify's JSON: nested": (
        {name: value for name, value in VIDEO.items() if "." not in name}
        | {"authorMeta": NESTED_AUTHOR},
        WHOLE,
    ),
    "Apify's CSV with slashes": (
        {name.replace(".", "/"): str(value) for name, value in VIDEO.items()},
        WHOLE,
    ),
    "Apify's CSV with dots": ({name: str(value) for name, value in VIDEO.items()}, WHOLE),
    "TikTok's web API": (
        {
            "id": VIDEO_ID,
            "desc": "A jelly, cooling",
            "createTime": str(POSTED_EPOCH),
            "author": {
                "id": "7000000000000000001",
                "uniqueId": "jelly.cloud.demo",
                "nickname": "Jelly Cloud",
            },
            "authorStats": {"followerCount": 1500, "videoCount": 12, "heartCount": 9},
            "stats": {name: int(value) for name, value in WEB_STATS.items()},
            "video": {"id": VIDEO_ID, "duration": 15, "playAddr": "https://cdn.example/1"},
        },
        replace(WHOLE, url=None),
    ),
    "TikTok's mobile API": (
        {
            "aweme_id": VIDEO_ID,
            "desc": "A jelly, cooling",
            "create_time": POSTED_EPOCH,
            "share_url": URL,
            "author": {
                "uid": "7000000000000000001",
                "unique_id": "jelly.cloud.demo",
                "nickname": "Jelly Cloud",
                "follower_count": 1500,
                "aweme_count": 12,
            },
            "statistics": {
                "play_count": 1000,
                "digg_count": 100,
                "share_count": 10,
                "collect_count": 20,
                "comment_count": 5,
            },
        },
        WHOLE,
    ),
    "TikTok's Research API": (
        {
            "id": int(VIDEO_ID),
            "username": "jelly.cloud.demo",
            "create_time": POSTED_EPOCH,
            "video_description": "A jelly, cooling",
            "region_code": "NL",
            "like_count": 100,
            "view_count": 1000,
            "share_count": 10,
            "comment_count": 5,
            "favorites_count": 20,
        },
        replace(
            WHOLE, url=None, author_id=None, nickname=None, follower_count=None, video_count=None
        ),
    ),
    "flat CSV of a crawl": (
        {
            "user_name": "jelly.cloud.demo",
            "user_nfollower": "1.5K",
            "vid_id": VIDEO_ID,
            "vid_caption": "A jelly, cooling",
            "vid_postTime": "2026-11-10 08:00:00",
            "vid_scrapeTime": "2026-11-24 12:00:00",
            "vid_nview": "1K",
            "vid_nlike": "100",
            "vid_ncomment": "5",
            "vid_nshare": "10",
            "vid_nsave": "20",
            "vid_url": URL,
            "music_id": "7.5e+18",
            "music_nused": "3 videos",
        },
        replace(WHOLE, author_id=None, nickname=None, video_count=None),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_told_by_the_names_of_its_fields(tmp_path: Path, shape: str):
    row, said = SHAPES[shape]
    assert read_row(tmp_path, row) == said


@pytest.mark.parametrize("shape", [name for name in SHAPES if "CSV" in name])
def test_a_flat_shape_says_the_same_in_csv(tmp_path: Path, shape: str):
    row, said = SHAPES[shape]
    assert read(tmp_path, as_csv([row])) == [said]


def test_exact_counts_are_preferred_to_rounded_ones(tmp_path: Path):
    rounded = {"playCount": 541_200, "diggCount": 21_800, "commentCount": 400}
    exact = {"playCount": "541234", "diggCount": "21834"}
    row = read_row(
        tmp_path,
        {"id": VIDEO_ID, "author": {"uniqueId": "jelly"}, "stats": rounded, "statsV2": exact},
    )
    assert isinstance(row, Observed)
    assert (row.views, row.likes, row.comments) == (541_234, 21_834, 400)


def test_an_empty_exact_count_leaves_the_rounded_one(tmp_path: Path):
    row = good(tmp_path, **{"statsV2.playCount": "", "stats.playCount": 990, "playCount": None})
    assert row.views == 990


@pytest.mark.parametrize(
    "name",
    [
        "authorMeta.name",
        "authorMeta/name",
        "author_meta/name",
        "Author Meta.Name",
        "\ufeffauthorMeta/name",
    ],
)
def test_names_are_compared_in_one_plain_form(name: str):
    assert plain(name) == "authormeta.name"
    assert plain(name) in NAMES


def test_a_column_of_an_id_alone_is_no_video():
    assert not is_video({"id": "1", "text": "a comment", "createtime": 1})
    assert is_video({"diggcount": 0})


def test_a_list_in_place_of_a_value_is_no_value(tmp_path: Path):
    row = VIDEO | {"text": ["a", "b"]}
    for content in (as_json([row]), as_jsonl([row])):
        assert read(tmp_path, content) == [replace(WHOLE, caption="")]


def test_what_lies_in_lists_of_a_row_is_not_taken_for_its_own(tmp_path: Path):
    row = good(
        tmp_path,
        hashtags=[{"id": "1", "name": "jelly", "diggCount": 9}],
        music={"id": "5", "title": "hum"},
        mentions=["@x"],
    )
    assert row == WHOLE
    assert read(tmp_path, as_json({"list": [VIDEO | {"comments": [{"diggCount": 3}]}]})) == [WHOLE]
