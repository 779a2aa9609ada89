"""Which view a value has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stepscope.model.events import Plain
from stepscope.model.form import ABSENT, Absent, Field, Kind, suits
from stepscope.model.form_check import chosen
from stepscope.window.input_form.choice_view import ChoiceView
from stepscope.window.input_form.json_view import JSONView
from stepscope.window.input_form.list_view import ListView
from stepscope.window.input_form.message_view import MessageView
from stepscope.window.input_form.number_view import NumberView
from stepscope.window.input_form.object_view import ObjectView
from stepscope.window.input_form.place import Maker, Place
from stepscope.window.input_form.switch_view import SwitchView
from stepscope.window.input_form.text_view import TextView
from stepscope.window.input_form.variants_view import VariantsView
from stepscope.window.input_form.view import View

_VIEWS: Mapping[Kind, Callable[[Place, Maker], View]] = {
    Kind.OBJECT: ObjectView,
    Kind.LIST: ListView,
    Kind.TEXT: TextView,
    Kind.INTEGER: NumberView,
    Kind.NUMBER: NumberView,
    Kind.BOOLEAN: SwitchView,
    Kind.CHOICE: ChoiceView,
    Kind.VARIANTS: VariantsView,
    Kind.MESSAGE: MessageView,
    Kind.JSON: JSONView,
}


class Views:
    """Implements `Maker` with all views there are."""

    def kind(self, field: Field, value: Plain | Absent) -> Kind:
        """The kind of view that can show a value: JSON when the field's own cannot."""
        if value is ABSENT or value is None:
            return field.kind
        if field.kind is Kind.VARIANTS:
            return Kind.JSON if chosen(field, value) is None else Kind.VARIANTS
        is_shown_whole = not isinstance(value, str) or field.kind is not Kind.TEXT or TextView.can_show(value)
        return field.kind if suits(field.kind, value) and is_shown_whole else Kind.JSON

    def make(self, kind: Kind, place: Place) -> View:
        return _VIEWS[kind](place, self)
