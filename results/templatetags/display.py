"""The board in a template: the first paint says what live.js will say of the same value.

`leaf`, `attribute` and `shown` write what an element shows now together with the `data-` attributes by which paint.js
keeps it so: one line of a template serves both. "{}" in a path is the key of a repeated part; in the inert template
that paint.js clones the key is "__key__", which no board has, so that nothing is shown there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from results.texts import wording

register = template.Library()


def _optional(form: Callable[[Any], str]) -> Callable[[Any], str]:
    """A format that shows nothing where the board does not know the value."""
    return lambda value: "" if value is None or value == "" else form(value)


register.filter("count", _optional(wording.count))
register.filter("percent", _optional(wording.percent))
register.filter("exact_percent", _optional(wording.exact_percent))
register.filter("points", _optional(wording.points))
register.filter("clock", _optional(wording.time))
register.filter("day", _optional(wording.date))


@register.filter
def moment(value: str | None, names: Mapping[str, Any]) -> str:
    """A time, with its day where that is not the count's own."""
    return wording.moment(value, names) if value else ""


register.filter("moment_day", _optional(wording.day))


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
def placed(
    candidates: Mapping[str, Mapping[str, Any]], figures: Mapping[str, Mapping[str, Any]] | None
) -> list[tuple[str, Mapping[str, Any]]]:
    """Candidates most votes first; in ballot-paper order while there are no votes."""
    position = {
        key: (figures or {}).get(key, candidate)["order" if figures else "order_on_paper"]
        for key, candidate in candidates.items()
    }
    return sorted(candidates.items(), key=lambda item: position[item[0]])


@register.filter
def worded(text: Mapping[str, Any] | None, names: Mapping[str, Any]) -> str:
    """A code with arguments in words."""
    return wording.text(text["code"], text.get("args", {}), names) if text else ""


@register.filter
def chance(value: int | None, names: Mapping[str, Any]) -> str:
    """A chance in whole percent, in words."""
    return "" if value is None else wording.chance(value, names)


# --- colours ---------------------------------------------------------------------------------------------------------

_LIGHT, _DARK = 1.0, 0.008
"""Relative luminance of the paper in both themes (static/css/variables.css)."""
_LEAST_CONTRAST = 3.0
TEXTURES = 6


def _luminance(colour: str) -> float:
    """Relative luminance of "#RRGGBB" (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@register.filter
def faint(colour: str) -> str:
    """The classes of a colour too close to its ground: "faint-light", "faint-dark", both or none."""
    own = _luminance(colour)
    grounds = (("faint-light", _LIGHT), ("faint-dark", _DARK))
    ratios = [(name, (max(own, ground) + 0.05) / (min(own, ground) + 0.05)) for name, ground in grounds]
    return " ".join(name for name, ratio in ratios if ratio < _LEAST_CONTRAST)


@register.filter
def texture(candidate: Mapping[str, Any], setup: Mapping[str, Any]) -> int:
    """Which of the textures a candidate's party has, so that colour is never alone in telling parties apart."""
    codes = sorted({str(one["code"]) for one in setup["candidates"].values()})
    return codes.index(str(candidate["code"])) % TEXTURES


# --- what paint.js keeps up to date ----------------------------------------------------------------------------------


def _at(board: Mapping[str, Any], path: str) -> Any:
    """The value at a path of the board, or None."""
    value: Any = board
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _there(board: Mapping[str, Any], path: str) -> bool:
    """Whether there is something to show: None, false and 0 are nothing, as in paint.js."""
    return _at(board, path) not in (None, False, 0)


def _shown(context: Context, path: str, form: str, absent: str) -> str:
    value = _at(context["board"], path)
    return absent if value is None else wording.shown(form, value, context["setup"])


@register.simple_tag(takes_context=True)
def leaf(context: Context, path: str, form: str, key: str = "", absent: str = "", css: str = "") -> SafeString:
    """A value of the board in a span that paint.js keeps up to date; `absent` is shown where the board has none."""
    path = path.replace("{}", key)
    return format_html(
        '<span{} data-path="{}" data-format="{}"{}>{}</span>',
        format_html(' class="{}"', css) if css else "",
        path,
        form,
        format_html(' data-absent="{}"', absent) if absent else "",
        _shown(context, path, form, absent),
    )


@register.simple_tag(takes_context=True)
def attribute(
    context: Context, name: str, path: str, form: str = "raw", key: str = "", absent: str = "0"
) -> SafeString:
    """An attribute whose value is one of the board's, kept up to date by paint.js; for SVG, which CSP lets us size."""
    path = path.replace("{}", key)
    return format_html(
        '{}="{}" data-attr="{}" data-path="{}" data-format="{}" data-absent="{}"',
        name,
        _shown(context, path, form, absent),
        name,
        path,
        form,
        absent,
    )


@register.simple_tag(takes_context=True)
def shown(context: Context, when: str = "", unless: str = "", among: str = "", key: str = "") -> SafeString:
    """Shows an element only when a path is there, unless another is, and among the values of "path:one other"."""
    when, unless = when.replace("{}", key), unless.replace("{}", key)
    board = context["board"]
    visible = not (when and not _there(board, when)) and not (unless and _there(board, unless))
    if among:
        path, _, values = among.partition(":")
        visible = visible and str(_at(board, path)) in values.split()
    parts = [("data-if", when), ("data-unless", unless), ("data-if-is", among)]
    attributes = [format_html('{}="{}"', name, value) for name, value in parts if value]
    return format_html(" ".join("{}" for _ in attributes) + "{}", *attributes, "" if visible else " hidden")
