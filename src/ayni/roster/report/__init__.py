"""The report: one page that stands by itself, to be read on a telephone, on a screen or on paper.

No script, no picture, font or style from elsewhere. `page` writes it; `figures`, `money`, `reading` and `joining` make
its sections from a summary; `parts` says what a section is made of; `charts` draws.
"""
