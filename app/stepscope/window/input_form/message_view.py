"""A message of a conversation: who speaks, and what; all else that it carries stands under it as JSON."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, ROLES, Absent, Kind, field_of, speaker_key
from stepscope.model.form_words import stand_in
from stepscope.window.input_form.combo import Combo
from stepscope.window.input_form.object_view import ObjectView
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.view import View

_TEXT = field_of({"type": "string"})
_ANYTHING = field_of({})
_REST = field_of({"type": "object", "additionalProperties": True})


class MessageView(View):
    is_block = True

    def __init__(self, place: Place, maker: Maker, parent: QWidget | None = None) -> None:
        super().__init__(place, maker, parent)
        self._message: dict[str, Plain] = {}
        self._role = Combo(f"Who speaks in {place.name}")
        self._role.activated.connect(lambda _index: self._on_role(self._role.currentText()))
        self._content: View | None = None
        self._content_kind: Kind | None = None
        self._rest = ObjectView(replace(place, field=_REST), maker)
        self._rest.changed.connect(self._on_rest)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._rest)

    def show_value(self, value: Plain | Absent) -> None:
        self._message = message = value if isinstance(value, dict) else {}
        key = speaker_key(message)
        self._offer(key, message.get(key))
        self._role.setPlaceholderText(stand_in(self.field, value))
        self._show_content(message.get("content", ABSENT))
        rest = {name: item for name, item in message.items() if name not in (key, "content")}
        self._rest.show_value(rest)
        self._rest.set_open(bool(rest))

    @property
    def entry(self) -> QWidget | None:
        return None if self._content is None else self._content.entry

    @property
    def problem(self) -> str:
        return "" if self._content is None else self._content.problem

    @property
    def unreadable(self) -> View | None:
        return (self._content.unreadable if self._content else None) or self._rest.unreadable

    @property
    def head(self) -> QWidget:
        return self._role

    def _offer(self, key: str, role: Plain) -> None:
        roles = list(ROLES[key])
        if isinstance(role, str) and role not in roles:
            roles.append(role)
        if roles != [self._role.itemText(index) for index in range(self._role.count())]:
            self._role.clear()
            self._role.addItems(roles)
        self._role.setCurrentIndex(roles.index(role) if isinstance(role, str) else -1)

    def _show_content(self, content: Plain | Absent) -> None:
        field = _TEXT if content is ABSENT or isinstance(content, str) else _ANYTHING
        kind = self.maker.kind(field, content)
        if self._content is None or kind is not self._content_kind:
            self._content_kind = kind
            if self._content is not None:
                self._content.hide()
                self._content.deleteLater()
            place = Place("content", field, f"{self.place.name}.content")
            self._content = self.maker.make(kind, place)
            self._content.changed.connect(self._on_content)
            self._content.problem_changed.connect(self.problem_changed)
            if kind is Kind.TEXT and self._content.entry is not None:
                self._content.entry.setFont(self.font())  # as the bubbles of Messages have it
            self._layout.insertWidget(0, self._content.under_its_label())
        self._content.show_value(content)

    def _on_role(self, role: str) -> None:
        message = {**self._message, speaker_key(self._message): role}
        message.setdefault("content", "")
        if role == "tool":
            message.setdefault("tool_call_id", "")
        self.show_value(message)
        self.changed.emit(message)

    def _on_content(self, content: Plain | Absent) -> None:
        message = self._message or {"role": "user"}
        if content is ABSENT:
            self._message = {name: item for name, item in message.items() if name != "content"}
        else:
            self._message = {**message, "content": content}
        self._offer(key := speaker_key(self._message), self._message.get(key))
        self.changed.emit(self._message)

    def _on_rest(self, rest: dict[str, Plain]) -> None:
        own = (speaker_key(self._message), "content")
        kept = {name: item for name, item in self._message.items() if name in own or name in rest}
        self._message = {**kept, **rest}
        self.changed.emit(self._message)
