from __future__ import annotations

from pathlib import Path

import pytest

from dipwatch import shipped as module
from dipwatch.shipped import shipped


@pytest.mark.parametrize(
    "parts",
    [
        ("config", "dipwatch.toml"),
        ("config", "subjects", "ukraine", "subject.toml"),
        ("config", "subjects", "ukraine", "model.json"),
        ("migrations",),
        ("seeds",),
        ("systemd",),
    ],
)
def test_what_is_shipped_is_there(parts: tuple[str, ...]) -> None:
    assert shipped(*parts).exists()


def test_an_installed_package_has_its_files_beside_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "dipwatch"
    (package / "_shipped" / "config").mkdir(parents=True)
    monkeypatch.setattr(module, "_PACKAGE", package)
    assert shipped("config") == package / "_shipped" / "config"


def test_a_checkout_has_them_at_its_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PACKAGE", tmp_path / "src" / "dipwatch")
    assert shipped("seeds", "index.toml") == tmp_path / "seeds" / "index.toml"
