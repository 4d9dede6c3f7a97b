"""The report as a browser shows it: a real Chromium, without a window and without a network."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from tests.browser import NoBrowserError, Tab, browser
from tests.review.logged import MEETING, names
from tests.review.reported import HOSTILE, fill_all, report_of, with_link

from dipwatch.review.report import render
from dipwatch.store.store import Store

ROWS = "Array.from(document.querySelectorAll('[data-filtered] tbody tr')).filter(row => row.checkVisibility())"
ENTER, TAB = ("Enter", 13), ("Tab", 9)
AXE = "axe_playwright_python"
"""A package that carries axe.min.js (axe-core, MPL 2.0); it is installed without what it depends on."""


@pytest.fixture(scope="module")
def page(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a written report."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copyfile(migrated_sqlite, folder / "dipwatch.db")
    store = Store.open(f"sqlite:///{folder}/dipwatch.db")
    fill_all(store)
    with store.connect() as connection:
        report = report_of(connection, names())
    store.close()
    (folder / "report.html").write_text(render(report), encoding="utf-8")
    (folder / "hostile.html").write_text(render(with_link(report, "javascript:document.title='taken'")))
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    try:
        with browser(tmp_path_factory.mktemp("profile")) as tab:
            yield tab
    except NoBrowserError as error:
        pytest.skip(str(error))


@pytest.fixture
def tab(chromium: Tab, page: str) -> Tab:
    """A tab with the report, as it is when it is opened."""
    chromium.size(1200, 900)
    chromium.media()
    chromium.open("about:blank")
    chromium.requests.clear()
    chromium.refused.clear()
    chromium.open(page)
    return chromium


def test_nothing_is_asked_of_any_network_and_nothing_is_refused(tab: Tab, page: str) -> None:
    tab.run("window.scrollTo(0, document.body.scrollHeight)")
    tab.pdf()
    assert tab.requests == [page]
    assert tab.refused == [], "the page's own policy lets its style and script pass"


def test_the_policy_stops_what_came_in_by_another_way(tab: Tab) -> None:
    tab.run(
        "const image = new Image(); image.src = 'http://127.0.0.1:9/x.png'; document.body.append(image);"
        "const script = document.createElement('script'); script.text = 'document.title = \"taken\"';"
        "document.body.append(script); fetch('http://127.0.0.1:9/x').catch(() => 0)"
    )
    assert tab.run("document.title") != "taken"
    assert any("img-src" in told or "default-src" in told for told in tab.refused)
    assert len([told for told in tab.refused if "Content Security Policy" in told]) >= 3


@pytest.mark.parametrize("name", ["report.html", "hostile.html"])
def test_hostile_headlines_do_nothing(tab: Tab, page: str, name: str) -> None:
    tab.open(page.replace("report.html", name))
    assert tab.run("document.title").startswith("talks, 2026-03-03")
    assert tab.run("document.querySelectorAll('img, main script, main style').length") == 0
    assert "<script>" in tab.run(f"document.querySelector('#{HOSTILE} h3').textContent")
    assert tab.run("Array.from(document.links).filter(link => !/^(https?|file):$/.test(link.protocol)).length") == 0


def test_words_kind_and_status_narrow_the_list_and_a_button_shows_all_again(tab: Tab) -> None:
    whole = tab.run(f"{ROWS}.length")
    assert whole > 5

    def ask(name: str, value: str) -> int:
        tab.run(
            f"(() => {{ const input = document.querySelector('[data-filter={name}]'); input.value = {value!r};"
            "input.dispatchEvent(new Event('input', {bubbles: true})) })()"
        )
        found: int = tab.run(f"{ROWS}.length")
        return found

    assert ask("kind", "position") == tab.run("document.querySelectorAll('tr[data-kind=position]').length") < whole
    assert ask("kind", "") == whole
    met = ask("text", "LAVROV istanbul")
    assert 0 < met < whole
    assert tab.run("document.querySelector('[data-count]').textContent") == f"{met} of {whole} shown"
    assert ask("status", "planned") < met
    tab.run("document.querySelector('[data-reset]').click()")
    assert tab.run(f"{ROWS}.length") == whole


def test_the_keyboard_narrows_and_sorts(tab: Tab) -> None:
    tab.run("document.querySelector('[data-filter=text]').focus()")
    tab.call("Input.insertText", text="Umerov")
    assert 0 < tab.run(f"{ROWS}.length") < tab.run("document.querySelectorAll('[data-filtered] tbody tr').length")
    for _ in range(5):
        tab.press(*TAB)
    assert tab.run("document.activeElement.textContent") == "First news"
    tab.press(*ENTER)
    assert tab.run("document.activeElement.closest('th').getAttribute('aria-sort')") == "descending"
    assert tab.run("getComputedStyle(document.activeElement).outlineStyle") == "solid", "where one is shows"


def test_every_column_sorts_both_ways_and_says_so(tab: Tab) -> None:
    heads = tab.run(
        "Array.from(document.querySelectorAll('[data-filtered] th'), (head, column) => {"
        "  const cells = () => Array.from(head.closest('table').tBodies[0].rows,"
        "    row => row.cells[column].dataset.value ?? row.cells[column].textContent.trim());"
        "  const click = () => { head.querySelector('button').click();"
        "    return [head.getAttribute('aria-sort'), cells(),"
        "      document.querySelectorAll('[data-filtered] [aria-sort]').length]; };"
        "  return [click(), click()]; })"
    )
    assert len(heads) == 8
    for told in heads:
        ways = {way: cells for way, cells, marked in told if marked == 1}
        assert set(ways) == {"ascending", "descending"}
        assert sorted(ways["ascending"]) == sorted(ways["descending"])
        assert ways["ascending"][0] <= ways["descending"][0] or len(set(ways["ascending"])) == 1


def test_an_anchor_leads_to_its_development(tab: Tab, page: str) -> None:
    tab.open(f"{page}#{MEETING}")
    assert tab.run("document.querySelector(':target').id") == MEETING
    assert abs(tab.run("document.querySelector(':target').getBoundingClientRect().top")) < 100
    assert tab.run("document.getElementById('missing').hidden")


def test_an_anchor_of_another_period_says_where_to_look(tab: Tab, page: str) -> None:
    tab.open(f"{page}#zzzz2aaaaa")
    assert "dipwatch show zzzz2aaaaa" in tab.run("document.getElementById('missing').textContent")
    assert not tab.run("document.getElementById('missing').hidden")


def test_dark_mode_turns_page_and_text_around(tab: Tab) -> None:
    light = _brightness(tab, "backgroundColor"), _brightness(tab, "color")
    tab.media(scheme="dark")
    dark = _brightness(tab, "backgroundColor"), _brightness(tab, "color")
    assert [light[0] > 200, light[1] < 60] == [True, True]
    assert [dark[0] < 60, dark[1] > 200] == [True, True]


def _brightness(tab: Tab, what: str) -> float:
    parts = re.findall(r"\d+", tab.run(f"getComputedStyle(document.body).{what}"))
    return sum(map(int, parts[:3])) / 3


@pytest.mark.parametrize("width", [320, 360, 768, 940, 1100, 1400])
@pytest.mark.parametrize("opened", [False, True])
def test_no_width_scrolls_sideways(tab: Tab, width: int, opened: bool) -> None:  # noqa: FBT001 (a parameter)
    tab.size(width, 780, mobile=width < 700)
    if opened:
        tab.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert tab.run("document.documentElement.scrollWidth") <= width


def test_it_prints_in_full_without_its_controls(tab: Tab) -> None:
    pdf = tab.pdf()
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2
    tab.media("print")
    assert not tab.run("document.querySelector('.filters').checkVisibility()")
    tab.run("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.run("document.querySelectorAll('details:not([open])').length") == 0, "what is folded is printed too"
    tab.run("window.dispatchEvent(new Event('afterprint'))")
    assert tab.run("document.querySelectorAll('details[open]').length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_axe_finds_nothing_serious(tab: Tab, scheme: str, width: int) -> None:
    try:
        axe = (resources.files(AXE) / "axe.min.js").read_text(encoding="utf-8")
    except ModuleNotFoundError:
        pytest.skip("axe-core is not here: pip install --no-deps axe-playwright-python")
    tab.size(width, 900)
    tab.media(scheme=scheme)
    tab.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    tab.run(axe)
    found: list[dict[str, Any]] = json.loads(
        tab.run(
            "axe.run({resultTypes: ['violations']}).then(told => JSON.stringify(told.violations.map(each =>"
            " ({id: each.id, impact: each.impact, where: each.nodes.map(node => node.html).slice(0, 3)}))))"
        )
    )
    assert [each for each in found if each["impact"] in {"serious", "critical"}] == []
    assert [each["id"] for each in found] == [], "nor anything lesser"


def test_a_screen_reader_is_told_the_outline(tab: Tab) -> None:
    tree = tab.call("Accessibility.getFullAXTree")["nodes"]
    told = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node.get("ignored")]
    assert ("heading", "Positions") in told
    assert ("search", "Narrow the list") in told
    assert any(role == "image" and "News by kind and day" in name for role, name in told)
    assert ("columnheader", "Severity") in told
    assert any(role == "article" and name for role, name in told)
