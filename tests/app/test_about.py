"""About Stepscope: what a person can read of it and take from it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from tests.kit.scripted_session import ScriptedSession
from tests.kit.window_probe import a_window

from stepscope import __version__, notices


async def test_it_tells_the_version_and_the_terms_of_qt_and_lists_licences(tmp_path: Path) -> None:
    async with a_window(tmp_path, ScriptedSession()) as window:
        await window.choose("Help", "About")
        await window.until(lambda: bool(window.question))

        assert f"Stepscope {__version__}" in window.question
        assert "GNU Lesser General Public License, version 3" in window.question
        window.answer("Licences")
        texts = [
            text for text in window.window.findChildren(QPlainTextEdit) if text.accessibleName() == "Licences"
        ]
        assert texts[0].isVisible()
        assert "networkx" in texts[0].toPlainText()
        window.answer("Close")


async def test_a_report_on_the_system_can_be_copied_and_names_no_folder_of_the_person(tmp_path: Path) -> None:
    async with a_window(tmp_path, ScriptedSession("plan")) as window:
        await window.choose("Help", "About")
        await window.until(lambda: bool(window.question))
        window.answer("Copy System Report")

        copied = QApplication.clipboard().text()
        assert copied.splitlines()[0] == f"Stepscope: {__version__}, from Python packages"
        assert f"Python: {sys.version.split()[0]}" in copied
        assert str(Path.home()) not in copied
        window.answer("Close")


def test_a_packaged_app_shows_the_list_that_was_made_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "licences").mkdir()
    (tmp_path / "licences/README.txt").write_text("pydantic 2.14\n    MIT\n")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)

    assert "pydantic 2.14" in notices.licences()
    assert str(tmp_path / "licences") in notices.licences()
