"""Builds HTML; all text that is not `Markup` is escaped."""

from collections.abc import Sequence
from html import escape


class Markup(str):
    """Text that is already HTML or SVG."""

    __slots__ = ()


MarkupContent = str | int | Markup
VOID_ELEMENTS = frozenset({"meta", "br", "circle", "path", "line", "rect", "use"})


def element(name: str, /, *content: MarkupContent, **attributes: str | float | None) -> Markup:
    """Returns `<name …>content</name>`.

    In attribute names `_` becomes `-` and a trailing `_` is dropped; attributes that are None are omitted.
    """
    attribute_text = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID_ELEMENTS and not content:
        return Markup(f"<{name}{attribute_text}/>")
    return Markup(f"<{name}{attribute_text}>{concatenate(content)}</{name}>")


def concatenate(content: Sequence[MarkupContent]) -> Markup:
    """Concatenates `content`; all text that is not Markup is escaped."""
    return Markup("".join(item if isinstance(item, Markup) else escape(str(item)) for item in content))


def table(column_names: Sequence[str], rows: Sequence[Sequence[MarkupContent]], **attributes: str) -> Markup:
    """Returns a table with a header row."""
    header = element("tr", *(element("th", cell, scope="col") for cell in column_names))
    body = (element("tr", *(element("td", cell) for cell in row)) for row in rows)
    return element("table", element("thead", header), element("tbody", *body), **attributes)


def titled_table(title: str, pairs: Sequence[tuple[str, MarkupContent | None]]) -> Markup:
    """Returns a titled table for notebooks, with one row per pair of a name and a value. Pairs whose value is None are
    omitted.
    """
    rows = (
        element("tr", element("th", name, style="text-align:left"), element("td", value, style="text-align:left"))
        for name, value in pairs
        if value is not None
    )
    return element("div", element("b", title), element("table", element("tbody", *rows)))


def percent(share: float | None, digits: int = 2) -> str:
    """Formats a share (0-1) as a percentage: 0.9764 becomes 97.64%, and None becomes an en dash."""
    return "–" if share is None else f"{share:.{digits}%}"


def plural(number: int, noun: str) -> str:
    """Formats a number with its noun, which gets an s unless the number is 1: “1 plan”, “1,200 plans”."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def count(number: float | None) -> str:
    """Formats a number with thousands separators: 1234567 becomes 1,234,567, and None becomes an en dash."""
    return "–" if number is None else f"{number:,.0f}"
