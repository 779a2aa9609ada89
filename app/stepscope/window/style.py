"""A theme as Qt wears it: the palette and the style sheet of the whole application."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from stepscope.theme import Theme


def palette(theme: Theme) -> QPalette:
    """The colours of every widget that the style sheet does not name."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.chip,
        role.Text: theme.text,
        role.PlaceholderText: theme.faint,
        role.Button: theme.chip,
        role.ButtonText: theme.text,
        role.BrightText: theme.text,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.chip,
        role.ToolTipText: theme.text,
        role.Accent: theme.accent,
        role.Light: theme.line,
        role.Midlight: theme.line,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.line,
    }
    result = QPalette()
    for which, colour in colours.items():
        result.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.disabled))
    return result


def style_sheet(theme: Theme) -> str:
    """Flat panels, one-pixel lines, one accent."""
    return _SHEET % {name: getattr(theme, name) for name in Theme.__dataclass_fields__}


# Lengths in `em` follow the font; borders stay one pixel.
_SHEET = """
QMainWindow { background: %(panel)s; }
QMainWindow::separator:vertical {
    width: 5px;
    background: qlineargradient(x1:0, y1:0, x2:1, y2:0,
        stop:0 %(panel)s, stop:0.39 %(panel)s, stop:0.4 %(line)s, stop:0.6 %(line)s, stop:0.61 %(panel)s,
        stop:1 %(panel)s);
}
QMainWindow::separator:horizontal {
    height: 5px;
    background: qlineargradient(x1:0, y1:0, x2:0, y2:1,
        stop:0 %(panel)s, stop:0.39 %(panel)s, stop:0.4 %(line)s, stop:0.6 %(line)s, stop:0.61 %(panel)s,
        stop:1 %(panel)s);
}
QMainWindow::separator:hover { background: %(accent)s; }

QMenuBar { background: %(panel)s; color: %(dim)s; padding: 2px 0; }
QMenuBar::item { padding: 5px 9px; background: transparent; border-radius: 5px; }
QMenuBar::item:selected { background: %(chip)s; color: %(text)s; }
QMenu { background: %(panel)s; color: %(text)s; border: 1px solid %(line)s; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: %(selection)s; }
QMenu::item:disabled { color: %(disabled)s; }
QMenu::separator { height: 1px; background: %(line)s; margin: 4px 8px; }

QToolBar { background: %(panel)s; border: none; border-bottom: 1px solid %(line)s; padding: 0; spacing: 0; }
QStatusBar { background: %(panel)s; color: %(dim)s; border-top: 1px solid %(line)s; min-height: 24px; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: %(dim)s; padding: 0 4px; }

QDockWidget { background: %(panel)s; color: %(text)s; }
QDockWidget > QWidget { background: %(panel)s; }
QTabBar {
    qproperty-drawBase: 0; qproperty-expanding: 0;
    background: %(panel)s; border-bottom: 1px solid %(line)s;
}
QTabBar::tab {
    color: %(dim)s; background: %(panel)s; padding: 7px 12px 7px 12px;
    border: none; border-bottom: 1px solid %(line)s;
}
QTabBar::tab:selected { color: %(text)s; padding-bottom: 6px; border-bottom: 2px solid %(accent)s; }
QTabBar::tab:hover:!selected { color: %(text)s; }
QTabBar::tab:selected:focus { background: %(chip)s; }

QToolTip { background: %(chip)s; color: %(text)s; border: 1px solid %(line)s; padding: 4px 6px; }
QLabel { background: transparent; }
QLabel[words="dim"] { color: %(dim)s; }
QLabel[words="faint"] { color: %(faint)s; }
QLabel[words="failed"] { color: %(failed)s; }
QLabel[words="heading"] { color: %(faint)s; font-weight: 600; }
QLabel[words="title"] { color: %(text)s; font-weight: 600; }
QPushButton {
    color: %(text)s; background: %(chip)s; border: 1px solid %(chip)s; border-radius: 6px;
    padding: 5px 12px;
}
QPushButton:hover { border-color: %(line)s; }
QPushButton:focus { border-color: %(accent)s; }
QPushButton:disabled { color: %(disabled)s; }
QPushButton:checked { background: %(selection)s; border-color: %(accent)s; }
QPushButton:default { background: %(accent)s; border-color: %(accent)s; color: %(on_accent)s; }
QPushButton:default:disabled { background: %(chip)s; border-color: %(chip)s; color: %(disabled)s; }
QPushButton:default:focus { border-color: %(text)s; }
QPushButton[flat="true"] {
    color: %(dim)s; background: transparent; border: 1px solid transparent; padding: 2px 6px;
}
QPushButton[flat="true"]:hover { color: %(text)s; }
QPushButton[flat="true"]:focus { border-color: %(accent)s; }
QPushButton[crumb="before"], QPushButton[crumb="last"] {
    color: %(dim)s; background: transparent; border: 1px solid transparent; padding: 2px 4px;
}
QPushButton[crumb="last"] { color: %(text)s; font-weight: 600; }
QPushButton[crumb="before"]:hover, QPushButton[crumb="last"]:hover { background: %(chip)s; color: %(text)s; }
QPushButton[crumb="before"]:focus, QPushButton[crumb="last"]:focus { border-color: %(accent)s; }
QPushButton[chip="true"] {
    color: %(dim)s; background: transparent; border: 1px solid %(line)s; border-radius: 11px;
    padding: 6px 10px 5px 10px;
}
QPushButton[chip="true"]:hover { color: %(text)s; background: %(chip)s; }
QPushButton[chip="true"]:focus { border-color: %(accent)s; }
QPushButton[chip="true"]:disabled { color: %(disabled)s; }
QPushButton#graphChip:disabled { color: %(dim)s; }
QPushButton[segment="true"] {
    color: %(dim)s; background: transparent; border: 1px solid transparent; border-radius: 5px;
    padding: 1px 6px;
}
QPushButton[segment="true"]:hover { color: %(text)s; }
QPushButton[segment="true"]:checked { color: %(text)s; background: %(chip)s; }
QPushButton[segment="true"]:focus { border-color: %(accent)s; }

QDialog { background: %(panel)s; }
QPlainTextEdit, QLineEdit { placeholder-text-color: %(faint)s; }
QPlainTextEdit, QLineEdit, QDialog QListView {
    color: %(text)s; background: %(canvas)s; border: 1px solid %(line)s; border-radius: 6px;
    selection-background-color: %(selection)s; selection-color: %(text)s;
}
QPlainTextEdit:focus, QLineEdit:focus, QDialog QListView:focus { border-color: %(accent)s; }
QPlainTextEdit[problem="true"], QPlainTextEdit[problem="true"]:focus { border-color: %(failed)s; }
QLineEdit { padding: 3px 6px; }
QLineEdit[field="true"] { padding: 3px 2px; }
QLineEdit[problem="true"], QLineEdit[problem="true"]:focus { border-color: %(failed)s; }
QComboBox[field="true"] {
    color: %(text)s; background: %(chip)s; border: 1px solid %(chip)s; border-radius: 6px;
    padding: 2px 14px 2px 6px;
}
QComboBox[field="true"][is_given="false"] { color: %(faint)s; }
QComboBox[field="true"]:focus { border-color: %(accent)s; }
QComboBox[field="true"][problem="true"] { border-color: %(failed)s; }
QComboBox[field="true"]::drop-down { border: none; width: 0; }
QComboBox[field="true"] QAbstractItemView {
    color: %(text)s; background: %(panel)s; border: 1px solid %(line)s;
    selection-background-color: %(selection)s; selection-color: %(text)s;
}
QDialog QTableView { background: %(panel)s; color: %(text)s; outline: 0; }
QDialog QTableView::item { padding: 5px 8px; border: none; border-bottom: 1px solid %(line)s; }
QDialog QTableView::item:selected { background: %(selection)s; }
QDialog QHeaderView { background: %(panel)s; }
QDialog QHeaderView::section {
    background: %(panel)s; color: %(dim)s; padding: 5px 8px; border: none; border-bottom: 1px solid %(line)s;
}
QDialog QListView { outline: 0; padding: 4px; }
QDialog QListView::item { padding: 5px 8px; border-radius: 4px; color: %(text)s; }
QDialog QListView::item:selected { background: %(selection)s; color: %(text)s; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: %(line)s; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: %(faint)s; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

#canvasHeader { background: %(canvas)s; }
#findBar, #legend { background: %(panel)s; border: 1px solid %(line)s; border-radius: 8px; }
#welcome { background: %(canvas)s; }
#brand { color: %(text)s; font-weight: 600; padding: 5px 8px 7px 14px; }
#welcomeTitle { font-size: 22pt; font-weight: 600; }
#banner { background: %(failed_fill)s; border-bottom: 1px solid %(failed)s; }
#banner[tone="remark"] { background: %(chip)s; border-bottom: 1px solid %(line)s; }
#banner[tone="news"] { background: %(selection)s; border-bottom: 1px solid %(accent)s; }
QPushButton#bannerAction { color: %(accent)s; font-weight: 600; }
#barrierNote {
    color: %(dim)s; background: %(band)s; border: 1px solid %(line)s; border-radius: 8px; padding: 3px 9px;
}
#staleMark { color: %(text)s; border: 1px solid %(line)s; border-radius: 8px; padding: 0 8px; }
"""
