"""``dipwatch replay`` and ``dipwatch extract`` on files."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.driver import Installation


def stream(path: Path, site: Installation) -> Path:
    """The newsroom as a recorded stream."""
    lines = [
        {
            "id": item.id,
            "outlet": item.feed,
            "feed": item.feed,
            "title": item.title,
            "summary": item.summary,
            "first_seen": f"2026-03-02T{10 + item.round}:00:00+00:00",
            "lang": "en",
        }
        for item in site.newsroom.items
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_a_stream_is_replayed_the_same_each_time(site: Installation, tmp_path: Path) -> None:
    file = stream(tmp_path / "stream.jsonl", site)
    first, second = (site.run("replay", str(file), "--format", "ndjson") for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    lines = [json.loads(line) for line in first.stdout.splitlines()]
    by_item = {line["item"]: line for line in lines}
    assert by_item["north-1"]["venue"] == "Miami"
    assert "Kirill Dmitriev" in by_item["north-1"]["actors"]
    assert by_item["north-2"]["kind"] == "sanctions"
    assert not any(name in by_item for name in ("east-0", "south-1", "east-2")), "noise is tied to nothing"


def test_from_and_to_bound_the_stream(site: Installation, tmp_path: Path) -> None:
    file = stream(tmp_path / "stream.jsonl", site)
    assert site.run("replay", str(file), "--from", "2026-03-03").stdout == ""
    assert site.run("replay", str(file), "--to", "2026-03-01").stdout == ""
    assert site.run("replay", str(file), "--from", "2026-03-02", "--to", "2026-03-02").stdout != ""


def test_wrong_usage_is_one_line_and_code_2(site: Installation, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.jsonl"
    faulty.write_text("{")
    for arguments in (["replay"], ["replay", str(faulty)], ["replay", "--verify"], ["extract", "nowhere.jsonl"]):
        done = site.run(*arguments)
        assert done.returncode == 2, arguments
        assert len(done.stderr.splitlines()) == 1, done.stderr


def test_extract_shows_mentions_and_claims(site: Installation, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    texts = [
        {"id": "one", "text": "Kellogg meets Zelensky in Kyiv", "published": "2026-02-01"},
        {"id": "two", "title": "Лавров встретился с Фиданом в Анкаре", "summary": "", "lang": "ru"},
    ]
    file.write_text("\n".join(json.dumps(text, ensure_ascii=False) for text in texts), encoding="utf-8")
    done = site.run("extract", str(file), "--format", "ndjson")
    assert done.returncode == 0, done.stderr
    one, two = map(json.loads, done.stdout.splitlines())
    assert list(one) == ["id", "lang", "mentions", "claims"]
    assert (one["lang"], two["lang"]) == ("en", "ru")
    assert {"kyiv"} <= {mention["ref"] for mention in one["mentions"]}
    assert one["claims"][0]["kind"] == "meeting"
    assert two["mentions"]
