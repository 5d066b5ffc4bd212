"""The report: one page that stands by itself, says the numbers of the summary, and can be read by everybody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from ayni.roster.report.charts import Segment, stacked_bar
from ayni.roster.report.page import report_html
from ayni.roster.report.parts import row_numbers
from tests.unit.roster.examined import Examined, examine

VOID = {"meta", "br", "hr", "img", "input", "link", "rect"}
BYTES_MAX = 300_000


class Page(HTMLParser):
    """The tags of a page, and whether each that is opened is closed again in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    return examine(tmp_path_factory.mktemp("report") / "roster.csv")


@pytest.fixture(scope="module", params=["en", "es"])
def page(request: pytest.FixtureRequest, people: Examined) -> Page:
    text = report_html(people.prepared, people.screening, people.summary, people.texts(request.param))
    assert len(text.encode()) <= BYTES_MAX
    return Page(text)


def test_the_page_is_well_formed(page: Page) -> None:
    assert page.wrong == []
    assert page.open == []


def test_the_page_loads_and_runs_nothing(page: Page) -> None:
    names = {name for name, _ in page.tags}
    assert not names & {"script", "img", "iframe", "link", "object", "embed", "form"}
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert not any("style" in attributes for _, attributes in page.tags), "the policy of the page forbids inline styles"


def test_the_page_can_be_read_by_everybody(page: Page) -> None:
    (html,) = page.of("html")
    assert html["lang"] in {"en", "es"}
    assert len(page.of("h1")) == 1
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch(r"h[1-6]", name)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert len(page.of("caption")) == len(page.of("table")) > 5
    assert all(head.get("scope") in {"col", "row"} for head in page.of("th"))
    for drawing in page.of("svg"):
        assert drawing.get("aria-label") or drawing.get("aria-hidden") == "true"
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.of("a"):
        target = str(link["href"])
        assert target.startswith("https://") or target.removeprefix("#") in ids


def test_the_numbers_are_those_of_the_summary(people: Examined) -> None:
    page = Page(report_html(people.prepared, people.screening, people.summary, people.texts("en")))
    assert "6 of 9 people (67 %) can be insured now: 4 in their own name and 2 through a family member." in page.text
    assert "3 of them have no cover for health care today." in page.text
    assert "Of 8 people whose cover today is known, 3 (38 %) are covered for medical care; 5 are not." in page.text
    insured = people.summary.cost.payers["insured"]
    assert people.texts("en").money(insured.total_minor) in page.text
    assert people.pack.version in page.text
    assert "law of 1 March 2026" in page.text
    assert "No jurist has checked this pack yet." in page.text
    assert "No scheme of this pack opens: unemployment, employment injury, family." in page.text


def test_every_section_says_what_it_counts(people: Examined) -> None:
    text = report_html(people.prepared, people.screening, people.summary, people.texts("en"))
    definitions = re.findall(r'<p class="definition">(.*?)</p>', text, re.DOTALL)
    assert len(definitions) >= 6
    assert all(people.pack.version in definition and "1 March 2026" in definition for definition in definitions)


def test_the_report_names_nobody(people: Examined) -> None:
    text = report_html(people.prepared, people.screening, people.summary, people.texts("es"))
    names = people.screening.persons["name"].to_list()
    assert not [name for name in names if name in text]


def test_words_of_a_roster_cannot_become_markup(tmp_path: Path) -> None:
    header = 'row,employment_status,cr_is_in_costa_rica,"<script>alert(1)</script>"'
    path = tmp_path / "<b>roster.csv"
    lines = "1,own_account_worker,true,x\n"
    path.write_text(f"{header}\n{lines}", encoding="utf-8")
    found = examine(path, lines, "row,employment_status,cr_is_in_costa_rica")
    text = report_html(found.prepared, found.screening, found.summary, found.texts("en"))
    assert "<b>roster" not in text
    assert "<script" not in text


def test_a_bar_shows_every_part_and_says_it() -> None:
    parts = [("a", "one", 1, "1"), ("b", "many & more", 9_999, "9,999"), ("c", "none", 0, "0")]
    drawn = stacked_bar([Segment(*part) for part in parts], title="parts")
    widths = [float(width) for width in re.findall(r'<rect class="[ab]"[^>]* width="([\d.]+)"', drawn)]
    assert len(widths) == 2
    assert min(widths) >= 4, "the smallest part is seen"
    assert 'aria-label="parts: one: 1; many &amp; more: 9,999"' in drawn
    assert stacked_bar([Segment("a", "one", 0, "0")], title="nothing") == ""


def test_rows_are_named_as_far_as_there_is_room(people: Examined) -> None:
    texts = people.texts("en")
    assert row_numbers(texts, (7,), 1) == "row 7"
    assert row_numbers(texts, (7, 9), 2) == "rows 7, 9"
    assert row_numbers(texts, (7, 9), 5) == "rows 7, 9 and 3 more"
    assert row_numbers(texts, (), 4) == ""
