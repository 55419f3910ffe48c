"""Reading a page as a browser or a screen reader does."""

from html.parser import HTMLParser

VOID = {"meta", "img", "source", "br", "link", "hr", "input"}


class PageReader(HTMLParser):
    """Collects what a page is made of and refuses unbalanced tags."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.errors, self.text = [], [], [], []
        self.feed(page)
        self.close()
        self.errors += [f"never closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"stray </{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.text.append(data)

    @property
    def words(self):
        """The text of the page with single blanks."""
        return " ".join(" ".join(self.text).split())

    def all(self, tag):
        """Attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]
