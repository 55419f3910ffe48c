"""A real Chromium for tests of pages, or the reason why there is none."""

import os
import shutil
from contextlib import contextmanager

#: Names of the program, Debian's first.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: Every text of the page whose colour stands out less than 4.5:1 from what lies behind it.
FAINT = """() => {
  const parse = (text) => {
    const parts = text.match(/[\\d.]+/g).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
  };
  const luminance = (rgb) => rgb.map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const ground = parse(getComputedStyle(e).backgroundColor);
      if (ground.alpha === 1) return ground.rgb;
    }
    return [255, 255, 255];
  };
  const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || element.closest("script, style, noscript, option")) continue;
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.closest("svg") ? style.fill : style.color);
    const [high, low] = [luminance(ink.rgb), luminance(behind(element))].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    count += 1;
    if (ratio < 4.5 || ink.alpha < 1) faint.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return { faint, count };
}"""


def chromium():
    """The program, and why there is none."""
    named = os.environ.get("BIFBRIDGE_TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        return None, "no Chromium: install Debian's chromium or set BIFBRIDGE_TEST_CHROMIUM"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return None, "no Playwright: pip install playwright"
    return found, ""


@contextmanager
def running():
    """A headless browser without network."""
    from playwright.sync_api import sync_playwright

    program, reason = chromium()
    assert program is not None, reason
    with sync_playwright() as playwright:
        # Its own sandbox needs rights that a container seldom has; the pages are our own.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser, file, *, width=1280, dark=False):
    """A page of the browser, and all that it complains of or asks the network for."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        offline=True,
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: complaints.append(r.url) if r.url.startswith("http") else None)
    page.goto(file.as_uri())
    if page.locator("script").count():
        page.wait_for_selector("html[data-ready]", timeout=60_000)
    try:
        yield page, complaints
    finally:
        context.close()
