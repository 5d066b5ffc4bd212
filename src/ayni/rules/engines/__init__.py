"""Engines: each runs a plan over canonical tables and gives the same answers to the last unit.

`reference` is plain Python and the judge; `duckdb` and `postgres` run compiled SQL. They import `base` and never each
other.
"""
