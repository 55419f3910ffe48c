"""Pages in a real browser: quiet, legible and usable by keyboard, on a phone and on a desk."""

import pytest

from bifbridge.continuation import Status
from bifbridge.continuation._cross_check import CrossCheck
from bifbridge.continuation._cross_check._match import matched
from bifbridge.report import write_cross_check, write_diagram, write_report
from tests.report.helpers.analytic_diagram import diagram, field
from tests.report.helpers.browser import FAINT, chromium, opened, running
from tests.report.helpers.synthetic_run import write_run

pytestmark = pytest.mark.skipif(chromium()[0] is None, reason=chromium()[1])
PHONE, DESK = 390, 1280


@pytest.fixture(scope="module")
def browser():
    with running() as one:
        yield one


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    branch = diagram().branches[0].branch
    names, branches = ("first", "second"), (branch, branch)
    matches, unmatched = matched(names, branches, 2.0, 1e-2)
    check = CrossCheck(names, branches, matches, unmatched, (-1.0, 1.0), 1e-2)
    assert branch.status == Status.SPAN_END
    return {
        "continuation": write_diagram(folder / "d.html", diagram(), family=field, parameter="gain"),
        "cross check": write_cross_check(folder / "check.html", check),
        # A few of its figures: they are images, and cost more to draw than all else here.
        "run": write_report(write_run(folder / "run", without=["kernel", "distance", "diagram"])),
    }


@pytest.fixture
def page(browser, pages):
    with opened(browser, pages["continuation"], trusted=True) as (page, _):
        yield page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", ["continuation", "cross check", "run"])
def test_a_page_is_quiet_legible_and_fits(browser, pages, name, width, dark):
    with opened(browser, pages[name], width=width, dark=dark) as (page, complaints):
        text = page.evaluate(FAINT)
        assert text["count"] > 40
        assert text["faint"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert complaints == []


def pixel(page, x, y):
    """Where a point of the diagram lies on the screen."""
    return page.evaluate(
        """([x, y]) => {
          const plot = document.getElementById("plot"), full = plot._fullLayout;
          const box = plot.getBoundingClientRect();
          const { l, t } = full._size;
          return [box.left + l + full.xaxis.d2p(x), box.top + t + full.yaxis.d2p(y)];
        }""",
        [x, y],
    )


def test_hovering_a_branch_tells_parameter_eigenvalues_and_stability(page):
    page.mouse.move(*pixel(page, -1 + 2 * 15 / 21, 0.0))  # the sixteenth point
    page.wait_for_selector("#plot .hoverlayer .hovertext")
    label = page.locator("#plot .hoverlayer").text_content()
    assert "gain = 0.42857" in label
    assert "unstable: 1" in label
    assert "λ: 0.42857, −2" in label


def test_no_button_of_the_diagram_sends_its_data_away(page):
    """Plotly 7 has one by default, which opens its makers' server with the data of the plot."""
    titles = page.eval_on_selector_all(
        "#plot .modebar-btn", "all => all.map(one => one.dataset.title)"
    )
    assert "Zoom" in titles
    assert not [title for title in titles if "hare" in title or "loud" in title or "dit" in title]


def test_clicking_a_special_point_opens_its_normal_form_and_portrait(page):
    page.mouse.click(*pixel(page, 0.0, 0.0))
    page.wait_for_function("document.activeElement.id === 'point-0'")
    article = page.locator("#point-0")
    assert "ȧ = μa − 1 a³" in article.inner_text()
    assert page.locator("#plane .scatterlayer .trace").count() > 5
    assert "gain = 0.16" in page.locator("#stages [aria-checked=true]").inner_text()


def test_hovering_a_special_point_names_it(page):
    page.mouse.move(*pixel(page, 0.0, 0.0))
    page.wait_for_selector("#plot .hoverlayer .hovertext")
    assert "supercritical pitchfork" in page.locator("#plot .hoverlayer").text_content()


def test_the_keyboard_reaches_everything(page):
    link = page.locator(".point-link").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'point-0'")
    stages = page.locator("#stages button")
    assert [stages.nth(k).inner_text() for k in range(3)] == [
        "gain = −0.16", "gain = 0", "gain = 0.16",
    ]  # fmt: skip
    stages.nth(2).focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.activeElement.textContent === 'gain = 0'")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "point-link"


def test_a_branch_can_be_walked_without_a_mouse(page):
    place, told = page.locator("#place"), page.locator("#here")
    assert told.inner_text().startswith("branch 0, gain = −1; z[0] = 0; stable")
    place.focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "document.getElementById('here').textContent.includes('gain = 1; z[0] = 0; unstable: 1')"
    )
    page.locator("#walked").select_option("1")
    page.wait_for_function(
        "document.getElementById('here').textContent.startsWith('branch 1, gain = 0.001')"
    )


def test_another_state_can_be_shown(page):
    page.locator("#observable").select_option(label="|z|")
    page.wait_for_function("document.getElementById('plot')._fullLayout.yaxis.title.text === '|z|'")


def test_without_script_all_numbers_are_there(browser, pages):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["continuation"].as_uri())
    assert page.locator("#point-0").is_visible()
    assert page.locator("noscript p").is_visible()
    context.close()
