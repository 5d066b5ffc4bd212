"""The charts of the report: bars drawn as SVG by hand, which stretch to the width of a telephone, a screen or a page.

Their words and numbers stand beside them as text in the page and are not drawn, so that they keep their size and can be
read aloud. Segments differ in lightness and are set apart by a gap: no colour is needed to tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from html import escape

WIDTH = 1000
GAP = 3
LEAST = 4


@dataclass(frozen=True)
class Segment:
    """colour: a class of the style sheet."""

    colour: str
    label: str
    value: int
    shown: str


def stacked_bar(segments: Sequence[Segment], *, title: str, height: int = 20, whole: int | None = None) -> str:
    """Parts of a whole side by side. whole: where the parts need not fill it. Empty where there is nothing to show."""
    total = whole if whole is not None else sum(segment.value for segment in segments)
    if total <= 0:
        return ""
    spoken = "; ".join(f"{segment.label}: {segment.shown}" for segment in segments if segment.value)
    drawn = [segment for segment in segments if segment.value > 0]
    parts = []
    at = Decimal(0)
    for place, segment in enumerate(drawn):
        width = Decimal(WIDTH * segment.value) / total
        gap = GAP if place + 1 < len(drawn) or whole is not None else 0
        # The smallest part is still seen.
        shown = max(width - gap, Decimal(LEAST))
        parts.append(
            f'<rect class="{segment.colour}" x="{_plain(at)}" y="0" width="{_plain(shown)}" height="{height}">'
            f"<title>{escape(segment.label)}: {escape(segment.shown)}</title></rect>"
        )
        at += width
    label = escape(f"{title}: {spoken}" if spoken else title, quote=True)
    return (
        f'<svg class="bar" viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" role="img" aria-label="{label}" '
        f'height="{height}"><rect class="ground" width="{WIDTH}" height="{height}"/>{"".join(parts)}</svg>'
    )


def _plain(number: Decimal) -> str:
    return str(number.quantize(Decimal("0.1"), ROUND_HALF_UP).normalize().to_eng_string())
