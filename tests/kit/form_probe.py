"""Uses a form as a person does: real keys and clicks at fields that are called by their names."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPlainTextEdit, QWidget

from stepscope.window.input_form.row import Row
from stepscope.window.input_form.tick_box import TickBox
from stepscope.window.sign_button import SignButton

LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier
W = TypeVar("W", bound=QWidget)


class FormProbe:
    """Fields are named by their path: ``inner.items[2]``."""

    def __init__(self, widget: QWidget) -> None:
        self.widget = widget

    # What a person does.

    def type(self, name: str, text: str) -> None:
        """Click into a field, and type in place of what is there."""
        field = self.field(name)
        QTest.mouseClick(_inside(field), LEFT)
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        self.add(name, text)

    def add(self, name: str, text: str) -> None:
        """Type where the cursor is."""
        for number, line in enumerate(text.split("\n")):
            if number:
                QTest.keyClick(self.field(name), Qt.Key.Key_Return)
            QTest.keyClicks(self.field(name), line)
        QApplication.processEvents()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press a key wherever the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.widget, key, modifiers)
        QApplication.processEvents()

    def pick(self, name: str, choice: str) -> None:
        """Choose in a box, by keys alone."""
        box = self._find(name, QComboBox)
        box.setFocus()
        index = box.findText(choice)
        assert index >= 0, f"{choice!r} is not among {[box.itemText(i) for i in range(box.count())]}"
        while box.currentIndex() != index:
            QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < index else Qt.Key.Key_Up)
        QApplication.processEvents()

    def tick(self, name: str) -> None:
        QTest.mouseClick(self._find(name, TickBox), LEFT)

    def click(self, name: str) -> None:
        """Click a small button by its name."""
        QTest.mouseClick(self._find(name, SignButton), LEFT)
        QApplication.processEvents()

    def menu(self, name: str) -> list[str]:
        """What can be done to a row."""
        menu = self._open_menu(name)
        texts = [action.text().partition("\t")[0] for action in menu.actions() if not action.isSeparator()]
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        return texts

    def do(self, name: str, entry: str) -> None:
        """Choose from the menu of a row."""
        menu = self._open_menu(name)
        action = next(action for action in menu.actions() if action.text().partition("\t")[0] == entry)
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
        QApplication.processEvents()

    # What a person sees.

    def field(self, name: str) -> QWidget:
        return self._find(name, QWidget)

    def text(self, name: str) -> str:
        """What stands in a field; what stands there faintly, in brackets."""
        field = self.field(name)
        if isinstance(field, QPlainTextEdit):
            text, faint = field.toPlainText(), field.placeholderText()
        elif isinstance(field, QLineEdit):
            text, faint = field.text(), field.placeholderText()
        elif isinstance(field, QComboBox):
            text, faint = field.currentText(), field.placeholderText()
        else:
            assert isinstance(field, TickBox)
            is_faint = field.checkState() is Qt.CheckState.PartiallyChecked
            text, faint = ("", field.text()) if is_faint else (field.text(), "")
        return text or f"[{faint}]"

    def words(self, name: str) -> str:
        """What is said to be wrong in a row; "" for nothing."""
        label = self.row(name).findChild(QLabel, "fieldWords", Qt.FindChildOption.FindDirectChildrenOnly)
        return label.text() if label is not None and label.isVisible() else ""

    @property
    def rows(self) -> list[str]:
        """The names of the rows that can be seen, from top to bottom."""
        rows = [row for row in self.widget.findChildren(Row) if row.isVisible()]
        return [
            row.place.name
            for row in sorted(rows, key=lambda row: row.mapTo(self.widget, row.rect().topLeft()).y())
        ]

    @property
    def focus(self) -> str:
        """The name of what has the focus."""
        widget = self.widget.window().focusWidget()  # also when no window is active: there is no manager
        return "" if widget is None else widget.accessibleName()

    def row(self, name: str) -> Row:
        return next(
            row for row in self.widget.findChildren(Row) if row.place.name == name and row.isVisible()
        )

    def _find(self, name: str, kind: type[W]) -> W:
        found = [widget for widget in self.widget.findChildren(kind) if widget.accessibleName() == name]
        shown = [widget for widget in found if widget.isVisible()]
        assert shown, f"nothing that can be seen is called {name!r}"
        return shown[0]

    def _open_menu(self, name: str) -> QMenu:
        button = self._find(f"What can be done to {name}", SignButton)
        QTest.mouseClick(button, LEFT)
        return next(menu for menu in self.widget.findChildren(QMenu) if menu.isVisible())


def _inside(field: QWidget) -> QWidget:
    """Where a click into a field arrives."""
    return field.viewport() if isinstance(field, QPlainTextEdit) else field
