"""`report.html`, written from the sections."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from ayni.roster.prepare import Prepared
from ayni.roster.report.figures import by_scheme, cover_today, in_short, lead, nine_branches
from ayni.roster.report.joining import about, ways_to_join
from ayni.roster.report.money import costs
from ayni.roster.report.parts import Maker
from ayni.roster.report.reading import columns_read, in_the_way, to_do
from ayni.roster.screen import Screening
from ayni.roster.summary import Summary
from ayni.roster.texts import Texts
from ayni.roster.wording import Wording

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def report_html(prepared: Prepared, screening: Screening, summary: Summary, texts: Texts) -> str:
    """The whole page as text."""
    words = {name: spec.words for name, spec in prepared.specs.items()}
    make = Maker(summary, prepared, screening, texts, Wording(screening, texts, words))
    first = [in_short(make), to_do(make), by_scheme(make), nine_branches(make), costs(make), cover_today(make)]
    sections = [*first, in_the_way(make)]
    last = [columns_read(make), about(make)]
    made = summary.provenance
    roster = texts("report.roster", roster=made.roster)
    if made.sheet is not None:
        roster = texts("report.roster_sheet", roster=made.roster, sheet=made.sheet)
    checked = (
        texts("report.unchecked")
        if made.pack_checked_by is None
        else texts("report.unchecked_by", name=made.pack_checked_by)
    )
    page: str = _template().render(
        t=texts,
        language=texts.language,
        direction="rtl" if texts.language in RIGHT_TO_LEFT else "ltr",
        style=_resource("style.css"),
        subtitle=texts("report.subtitle", country=make.say(made.country_name), date=texts.date(made.on)),
        roster=roster,
        checked=checked,
        lead=lead(summary, texts),
        sections=sections,
        last=last,
        ways=ways_to_join(make),
        source=make.source,
    )
    return page


def write_report(path: Path, prepared: Prepared, screening: Screening, summary: Summary, texts: Texts) -> None:
    """Write the page."""
    path.write_text(report_html(prepared, screening, summary, texts), encoding="utf-8", newline="\n")


def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_resource("report.html.j2"))


def _resource(name: str) -> str:
    return resources.files("ayni.roster.report").joinpath("templates", name).read_text(encoding="utf-8")
