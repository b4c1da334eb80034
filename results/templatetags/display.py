"""The board's formats as template filters: the first paint says what live.js will say of the same value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from results import wording

register = template.Library()

register.filter("count", wording.count)
register.filter("percent", wording.percent)
register.filter("exact_percent", wording.exact_percent)
register.filter("points", wording.points)
register.filter("clock", wording.time)


@register.filter
def get(mapping: Mapping[str, Any] | None, key: Any) -> Any:
    """The value at a key, or None: what a path of the board gives."""
    return mapping.get(str(key)) if mapping else None


@register.filter
def ranked(mapping: Mapping[str, Mapping[str, Any]] | None) -> list[tuple[str, Mapping[str, Any]]]:
    """The items of a keyed list, in the order of their rank."""
    return sorted((mapping or {}).items(), key=lambda item: item[1]["rank"])


@register.filter
def newest(mapping: Mapping[str, Mapping[str, Any]] | None) -> list[tuple[str, Mapping[str, Any]]]:
    """The items of a keyed list, the highest rank first."""
    return ranked(mapping)[::-1]


@register.filter
def worded(text: Mapping[str, Any] | None, names: Mapping[str, Any]) -> str:
    """A code with arguments in words."""
    return wording.text(text["code"], text.get("args", {}), names) if text else ""


@register.filter
def chance(value: int | None, names: Mapping[str, Any]) -> str:
    """A chance in whole percent, in words."""
    return "" if value is None else wording.text(*wording.chance_code(value), names)
