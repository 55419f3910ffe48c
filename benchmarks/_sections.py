"""Sections of a Markdown page that a benchmark writes by itself."""

from pathlib import Path

TITLE = "# Speed and scale of the state-space NTK"


def write_section(path: Path, title: str, text: str) -> None:
    """Replace a section of a page, or append it.

    Args:
        path: the page; made if it does not exist.
        title: of the section, without "##".
        text: its content.
    """
    page = path.read_text(encoding="utf-8") if path.exists() else TITLE + "\n"
    parts = page.split("\n## ")
    kept = [part for part in parts[1:] if part.split("\n", 1)[0] != title]
    order = [*kept, f"{title}\n\n{text.strip()}\n"]
    path.parent.mkdir(parents=True, exist_ok=True)
    sections = [part.strip() + "\n" for part in sorted(order)]
    path.write_text("\n## ".join([parts[0].strip() + "\n", *sections]), encoding="utf-8")
