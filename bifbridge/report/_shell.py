"""What all pages share: the document around them, its policy, and the style sheet."""

from collections.abc import Mapping
from importlib import resources
from string import Template

from bifbridge.report._colours import custom_properties


def document(
    name: str,
    *,
    title: str,
    brand: str,
    content: str,
    sections: Mapping[str, str],
    parts: Mapping[str, str],
    images: str = "data:",
    scripts: str = "",
    more_style: str = "",
) -> str:
    """A whole HTML document that needs nothing but itself.

    Args:
        name: file of the page's body.
        title: heading, as HTML.
        brand: what kind of page it is.
        content: what a reader with a keyboard may skip to.
        sections: headings in the navigation, by the sections' identifiers.
        parts: what is filled into the body.
        images: where images may come from.
        scripts: which scripts may run, as the policy names them; none unless given.
        more_style: style sheet of this page alone.

    Returns:
        The document.
    """
    links = (f'<li><a href="#{place}">{text}</a></li>' for place, text in sections.items())
    return asset("shell.html").substitute(
        title=title,
        brand=brand,
        content=content,
        sections="\n".join(links),
        images=images,
        scripts=f"; script-src {scripts}" if scripts else "",
        style=style() + more_style,
        body=asset(name).substitute(parts),
    )


def style() -> str:
    """The style sheet of all pages.

    Returns:
        CSS.
    """
    return asset("page.css").substitute(
        light=custom_properties("light"), dark=custom_properties("dark")
    )


def asset(name: str) -> Template:
    """A file that lies beside this module.

    Args:
        name: of the file.

    Returns:
        Its text, with $names to be filled in.
    """
    return Template((resources.files("bifbridge.report") / name).read_text(encoding="utf-8"))
