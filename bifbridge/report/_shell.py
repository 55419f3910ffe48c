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
    """A whole HTML document that needs nothing but itself."""
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
    """The style sheet of all pages."""
    return asset("page.css").substitute(
        light=custom_properties("light"), dark=custom_properties("dark")
    )


def asset(name: str) -> Template:
    """A file that lies beside this module."""
    return Template((resources.files("bifbridge.report") / name).read_text(encoding="utf-8"))
