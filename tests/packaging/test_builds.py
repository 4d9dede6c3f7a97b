from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.specifiers import SpecifierSet
from tests.packaging.licences import row_of

ROOT = Path(__file__).parents[2]
EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}
"""The date that the files within a package bear: https://reproducible-builds.org/specs/source-date-epoch/."""


class Built(NamedTuple):
    sdist: Path
    wheel: Path


@pytest.fixture(scope="module")
def of_tree(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(ROOT, tmp_path_factory.mktemp("of-tree"))


def build(tree: Path, into: Path) -> Built:
    command = [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", str(into), str(tree)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | EPOCH)
    (sdist,), (wheel,) = into.glob("*.tar.gz"), into.glob("*.whl")
    return Built(sdist, wheel)


def test_what_is_built_from_the_source_package_is_what_is_built_from_the_tree(of_tree: Built, tmp_path: Path) -> None:
    with tarfile.open(of_tree.sdist) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    for path in unpacked.rglob("*"):
        path.touch()  # another day, another order of the folders
    again = build(unpacked, tmp_path / "again")
    assert again.sdist.name == of_tree.sdist.name
    assert again.sdist.read_bytes() == of_tree.sdist.read_bytes()
    assert again.wheel.name == of_tree.wheel.name
    assert again.wheel.read_bytes() == of_tree.wheel.read_bytes()


def test_the_wheel_installs_man_pages_and_completion_and_the_command(of_tree: Built) -> None:
    with zipfile.ZipFile(of_tree.wheel) as wheel:
        names = set(wheel.namelist())
        (entries,) = (name for name in names if name.endswith("/entry_points.txt"))
        assert "dipwatch = dipwatch.cli:main" in wheel.read(entries).decode()
    share = {name.partition(".data/data/")[2] for name in names if ".data/data/" in name}
    assert share == {str(path.relative_to(ROOT)) for path in (ROOT / "share").rglob("*") if path.is_file()}


def test_the_wheel_holds_neither_tests_nor_documents(of_tree: Built) -> None:
    with zipfile.ZipFile(of_tree.wheel) as wheel:
        tops = {name.split("/")[0].removesuffix(".dist-info").removesuffix(".data") for name in wheel.namelist()}
    assert {top.partition("-")[0] for top in tops} == {"dipwatch"}


def test_the_source_package_can_be_tested(of_tree: Built) -> None:
    with tarfile.open(of_tree.sdist) as packed:
        tops = {name.split("/")[1] for name in packed.getnames()}
    assert {"Makefile", "requirements.lock", "pyproject.toml", "LICENSE", "tests", "docs", "benchmarks"} <= tops


def test_the_metadata_is_complete(of_tree: Built) -> None:
    said = metadata(of_tree.wheel)
    assert said["License-Expression"] == "Apache-2.0"
    assert said["License-File"] == "LICENSE"
    assert said["Description-Content-Type"] == "text/markdown"
    assert (said["Summary"] or "").endswith(".")
    classifiers = said.get_all("Classifier") or []
    pythons = [
        text.removeprefix("Programming Language :: Python :: ") for text in classifiers if ":: Python :: 3." in text
    ]
    assert pythons == ["3.11", "3.12", "3.13"]
    wanted = SpecifierSet(said["Requires-Python"])
    assert [python for python in ("3.10", *pythons) if python in wanted] == pythons


def test_each_dependency_of_the_metadata_is_one_of_pyproject(of_tree: Built) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [text for text in metadata(of_tree.wheel).get_all("Requires-Dist") or [] if "extra ==" not in text]
    assert len(required) == len(project["dependencies"])


def test_the_terms_of_every_file_that_is_no_code_are_known(of_tree: Built) -> None:
    with zipfile.ZipFile(of_tree.wheel) as wheel:
        names = [name.partition(".data/data/")[2] or name for name in wheel.namelist() if not name.endswith(".py")]
    assert [name for name in names if row_of(name) is None] == []


def metadata(path: Path) -> Message:
    with zipfile.ZipFile(path) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(wheel.read(name).decode())
