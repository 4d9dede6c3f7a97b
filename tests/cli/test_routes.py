from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.cli.valid import validated
from tests.review.logged import MEETING, POSITION, RUMOUR, SUBJECTS

CONFIG = f"""
subjects = ["talks"]
subjects_dir = "{SUBJECTS}"
[[alerts.receivers]]
name = "desk"
url = "console:"
[[alerts.receivers]]
name = "chat"
url = "console:"
[alerts.route]
receiver = "desk"
group_interval = "10m"
[[alerts.route.routes]]
receiver = "chat"
match = {{ kind = ["meeting", "contact"], severity = ["high"] }}
continue = true
[[alerts.route.routes]]
match = {{ actor = ["sergei-lavrov"] }}
group_wait = "1m"
"""


@pytest.fixture
def routed(home: Path) -> Path:
    (home / "dipwatch.toml").write_text(CONFIG, encoding="utf-8")
    return home


@pytest.mark.usefixtures("routed")
def test_the_tree_is_drawn_with_what_each_route_inherits(run: Run) -> None:
    assert run("routes", "show").stdout.splitlines() == [
        "root: everything -> desk (waits 0s, then 10m)",
        "  root/1: kind meeting or contact and severity high -> chat (waits 0s, then 10m; goes on to the next)",
        "  root/2: actor sergei-lavrov -> desk (waits 1m, then 10m)",
        "receivers",
        "  desk: at most 30 per 1h",
        "  chat: at most 30 per 1h",
    ]


@pytest.mark.usefixtures("routed")
@pytest.mark.parametrize(
    ("options", "reached"),
    [
        ([], ["desk"]),
        (["--severity", "high"], ["chat"]),
        (["--severity", "high", "--actor", "Лавров"], ["chat", "desk"]),
        (["--kind", "ceasefire", "--severity", "high"], ["desk"]),
    ],
)
def test_an_invented_development_reaches_who_asked_for_it(run: Run, options: list[str], reached: list[str]) -> None:
    result = run("routes", "test", *options, "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert [routed["receiver"] for routed in validated("routes-test", result.stdout)["receivers"]] == reached


QUIET = f"""
subjects = ["talks"]
subjects_dir = "{SUBJECTS}"
[alerts]
zone = "Europe/Kyiv"
[[alerts.times]]
name = "night"
times = ["22:00-07:00"]
[[alerts.times]]
name = "weekend"
weekdays = ["saturday-sunday"]
days = ["1-7"]
zone = "Asia/Tokyo"
[[alerts.receivers]]
name = "phone"
url = "console:"
limits = ["10 per 1h", "50 per 1d"]
[[alerts.receivers]]
name = "mail"
url = "console:"
[alerts.assurance]
receivers = ["phone"]
[alerts.route]
receiver = "phone"
mute = ["night", "weekend"]
break_through = ["high"]
[[alerts.route.routes]]
receiver = "mail"
mute = []
digest = "daily 08:00"
group_by = ["kind", "venue"]
continue = true
[[alerts.route.routes]]
repeat_interval = "4h"
mute_lesser = "2h"
"""


@pytest.fixture
def quiet(home: Path) -> Path:
    (home / "dipwatch.toml").write_text(QUIET, encoding="utf-8")
    return home


@pytest.mark.usefixtures("quiet")
def test_the_tree_shows_quiet_times_digests_limits_and_the_daily_line(run: Run) -> None:
    waits, breaks = "waits 0s, then 5m", "high severity breaks through"
    grouped, lesser = "one message for each kind and venue", "mutes lesser alerts for 2h"
    digest = "digest daily 08:00 Europe/Kyiv"
    repeats = "repeats every 4h, 3 times at the most"
    assert run("routes", "show").stdout.splitlines() == [
        f"root: everything -> phone ({waits}; quiet in night and weekend; {breaks})",
        f"  root/1: everything -> mail ({waits}; {grouped}; {digest}; {breaks}; goes on to the next)",
        f"  root/2: everything -> phone ({waits}; quiet in night and weekend; {breaks}; {lesser}; {repeats})",
        "times",
        "  night: 22:00-07:00 Europe/Kyiv",
        "  weekend: saturday-sunday and day 1-7 Asia/Tokyo",
        "receivers",
        "  phone: at most 10 per 1h and 50 per 1d; daily line if nothing else was sent, 18:00 Europe/Kyiv",
        "  mail: at most 30 per 1h",
    ]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("severity", "phone", "mail"),
    [
        ("low", ("digest", "2026-05-05T04:00:00+00:00", "night"), ("digest", "2026-05-05T05:00:00+00:00")),
        ("high", ("alert", "2026-05-04T20:30:00+00:00", ""), ("alert", "2026-05-04T20:30:00+00:00")),
    ],
)
def test_when_what_comes_at_night_would_be_told_is_shown(
    run: Run, severity: str, phone: tuple[str, str, str], mail: tuple[str, str]
) -> None:
    asked = ("routes", "test", "--severity", severity, "--at", "2026-05-04T20:30:00Z")
    reached = {
        each["receiver"]: each for each in validated("routes-test", run(*asked, "--format", "json").stdout)["receivers"]
    }
    at_phone, at_mail = reached["phone"], reached["mail"]
    assert (at_phone["purpose"], at_phone["due"]) == phone[:2]
    assert at_phone["held_for"].endswith(phone[2])
    assert (at_mail["purpose"], at_mail["due"]) == mail
    if severity == "low":
        text = run(*asked).stdout
        assert "reaches phone: held until " in text
        assert "in a digest (held for night), by root/2" in text


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('match = { kind = ["party"] }', "alerts.route.match.kind.1: must be 'meeting', 'contact'"),
        ('match = { severity = ["huge"] }', "alerts.route.match.severity.1: must be 'low', 'medium' or 'high'"),
        ('match = { language = ["xx"] }', "alerts.route.match.language.1: must be 'en', 'ru', 'uk' or 'other'"),
        ('match = { reason = ["because"] }', "alerts.route.match.reason.1: must be 'first_report'"),
        ('mute = ["night"]', "routes name times that don't exist: night (there are: none)"),
        ('digest = "dayly"', "alerts.route.digest: is no schedule"),
        ('digest = "daily 8"', "alerts.route.digest: is no"),
        ('digest = "daily 08:00 Europe/Atlantis"', "alerts.route.digest: is not a known time zone"),
        ('break_through = ["huge"]', "alerts.route.break_through.1: must be 'low', 'medium' or 'high'"),
        ('group_by = ["colour"]', "alerts.route.group_by.1: must be 'development', 'kind'"),
    ],
)
def test_what_a_route_cannot_ask_for_is_an_error_with_its_line(run: Run, home: Path, line: str, said: str) -> None:
    (home / "dipwatch.toml").write_text(f'[alerts.route]\nreceiver = "console"\n{line}\n', encoding="utf-8")
    result = run("routes", "show")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "dipwatch.toml:" in result.stderr


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('[[times]]\nname = "n"\ntimes = ["7-8"]', "alerts.times.1.times.1: is not a stretch of the day"),
        ('[[times]]\nname = "n"\nweekdays = ["someday"]', "alerts.times.1.weekdays.1: is not a weekday"),
        ('[[times]]\nname = "n"\ndays = ["32"]', "alerts.times.1.days.1: is no day of the month"),
        ('[[times]]\nname = "n"\ndays = ["-1--3"]', "alerts.times.1.days.1: is no day of the month"),
        ('[[times]]\nname = "n"\nzone = "Mars"', "alerts.times.1.zone: is not a known time zone"),
        ('[[times]]\nname = "n"\n[[alerts.times]]\nname = "n"', "times of the same name: n"),
        ('[[receivers]]\nname = "console"\nurl = "console:"\nlimits = ["10/h"]', "limits.1: is no rate"),
        ('[[receivers]]\nname = "console"\nurl = "console:"\nlimits = ["0 per 1h"]', "limits.1: is no rate"),
        ('[assurance]\nreceivers = ["nobody"]', "assurance names receivers that don't exist: nobody"),
        ('[assurance]\nat = "25:00"', "alerts.assurance.at: is not a time of day"),
    ],
)
def test_what_cannot_be_a_time_or_a_limit_is_an_error_with_its_line(
    run: Run, home: Path, lines: str, said: str
) -> None:
    text = lines.replace("[[times", "[[alerts.times").replace("[[receivers", "[[alerts.receivers")
    (home / "dipwatch.toml").write_text(text.replace("[assurance", "[alerts.assurance"), encoding="utf-8")
    result = run("routes", "show")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "dipwatch.toml:" in result.stderr


@pytest.mark.usefixtures("filled", "routed")
def test_a_development_of_the_log_is_tried_as_it_stands_and_every_no_has_its_reason(run: Run) -> None:
    text = run("routes", "test", MEETING).stdout
    assert text.splitlines()[0] == f"{MEETING}: Встреча в Стамбуле состоялась"
    assert "reaches chat: due" in text
    assert "reaches desk: sent already, 2026-03-10 11:00; if it came now: due" in text, "its receiver took it then"
    other = run("routes", "test", POSITION).stdout
    assert "chat: kind is position, not meeting or contact" in other
    assert "reaches chat" not in other


@pytest.mark.usefixtures("filled", "routed")
def test_what_was_kept_back_says_so(run: Run) -> None:
    assert "note: its latest news was kept back (below" in run("routes", "test", RUMOUR).stdout


@pytest.mark.usefixtures("filled", "routed")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["zzz"], "there is no development 'zzz'"),
        ([MEETING, "--kind", "meeting"], "not both"),
        (["--actor", "Lavrof"], "did you mean sergei-lavrov"),
        (["--subject", "nope"], "there is no subject 'nope'"),
    ],
)
def test_what_cannot_be_tried_is_refused(run: Run, words: list[str], said: str) -> None:
    result = run("routes", "test", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
