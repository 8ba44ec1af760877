"""The picture of the rooms is that of the code."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from infra.tools import rooms
from infra.tools.layered_layout import lay_out


def test_picture_shows_the_imports_of_today():
    assert rooms.PICTURE.read_text("utf-8") == rooms.draw(), "make tables"


def test_picture_is_well_formed_and_names_every_function():
    texts = {element.text for element in ET.fromstring(rooms.draw()).iter() if element.text}  # noqa: S314 - ours

    assert {"casework", "intake", "notifier", "router", "sla_timer", "shared"} <= texts


def test_layers_go_down_and_what_others_imply_is_left_out():
    graph = {"page": frozenset({"use", "table"}), "use": frozenset({"table"}), "table": frozenset()}

    layout = lay_out(graph)

    assert layout.layers == (("page",), ("use",), ("table",))
    assert layout.arrows == (("page", "use"), ("use", "table"))


def test_a_long_arrow_has_a_bend_in_each_layer_that_it_passes():
    graph = {"a": frozenset({"b", "d"}), "b": frozenset({"c"}), "c": frozenset(), "d": frozenset()}

    layout = lay_out(graph)

    assert layout.arrows == (("a", "b"), ("a", "a>d>1", "d"), ("b", "c"))
