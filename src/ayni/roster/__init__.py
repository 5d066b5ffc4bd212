"""Read any spreadsheet of members, map its columns, check its cells: what `ayni check` and the server share.

Nothing is imported here, so that a part may be used without paying for the others. The way through:
`read.read_sheet` → `guess.guess_mapping` or `mapping.load_mapping` → `prepare.prepare` → a table for the rules and a
list of problems. No module of this package knows a rule, a country or a database; what a country needs is given by the
caller (`fields.FieldSpec` for each input that its rules read, `fields.Setting` for currency, identifiers and the day).
"""
