"""HTML that cannot be broken out of: whatever is no markup yet is escaped."""

from collections.abc import Sequence
from html import escape


class Markup(str):
    """Text that is HTML (or SVG) already."""

    __slots__ = ()


Content = str | int | Markup
VOID = frozenset({"meta", "br", "circle", "path", "line", "rect", "use"})


def element(name: str, /, *content: Content, **attributes: str | float | None) -> Markup:
    """`<name …>content</name>`. In names of attributes `_` is `-`, one at the end is dropped; None leaves one out."""
    report = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID and not content:
        return Markup(f"<{name}{report}/>")
    return Markup(f"<{name}{report}>{join(content)}</{name}>")


def join(content: Sequence[Content]) -> Markup:
    """One after the other, escaped where it is no markup."""
    return Markup("".join(one if isinstance(one, Markup) else escape(str(one)) for one in content))


def table(head: Sequence[str], rows: Sequence[Sequence[Content]], **attributes: str) -> Markup:
    """A table with a row of headings."""
    top = element("tr", *(element("th", one, scope="col") for one in head))
    body = (element("tr", *(element("td", one) for one in row)) for row in rows)
    return element("table", element("thead", top), element("tbody", *body), **attributes)


def facts(title: str, pairs: Sequence[tuple[str, Content | None]]) -> Markup:
    """A value as a notebook shows it: a title, and what is known of it; what is None is left out."""
    rows = (
        element("tr", element("th", name, style="text-align:left"), element("td", value, style="text-align:left"))
        for name, value in pairs
        if value is not None
    )
    return element("div", element("b", title), element("table", element("tbody", *rows)))


def percent(share: float | None, digits: int = 2) -> str:
    """0.9764 → 97.64 %; an en dash for what is not known."""
    return "–" if share is None else f"{share:.{digits}%}".replace("%", " %")


def count(number: float | None) -> str:
    """1234567 → 1,234,567; an en dash for what is not known."""
    return "–" if number is None else f"{number:,.0f}"
