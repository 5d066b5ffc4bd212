"""The form of each file of a pack. The JSON Schemas in `schemas/` are written from here (`write_schemas`)."""

from __future__ import annotations

import json
from pathlib import Path

from ayni.packs.forms import Anything, Document, EitherOf, Field, Form, ListOf, MapOf, Record, Unit, Value
from ayni.packs.units import PERIODS

BRANCHES = (
    "medical_care",
    "sickness",
    "unemployment",
    "old_age",
    "employment_injury",
    "family",
    "maternity",
    "invalidity",
    "survivors",
)
SCHEME_TYPES = ("contributory_mandatory", "contributory_voluntary", "subsidized", "tax_financed", "charges")
PAYERS = ("insured", "employer", "state", "unit")
BARRIERS = ("legal", "administrative", "financial", "information")
CONFIDENCES = ("high", "medium", "low")
INSTALMENTS = ("month", "quarter", "year", "day", "once", "sale", "period")
INPUT_TYPES = (
    "money",
    "rate",
    "number",
    "integer",
    "boolean",
    "date",
    "month",
    "enum",
    *(f"money/{p}" for p in PERIODS),
)

_NAME = r"^[a-z][a-z0-9_]*$"
TEXT = Value(("text",))
OPTIONAL_TEXT = Value(("text", "null"))
NAME = Value(("text",), pattern=_NAME, what="a name in lower case: letters, digits and underscores")
OPTIONAL_NAME = Value(("text", "null"), pattern=_NAME, what="a name in lower case, or null")
VARIABLE = Value(("text",), pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", what="a variable, or scheme.variable")
OPTIONAL_VARIABLE = Value(("text", "null"), pattern=VARIABLE.pattern, what="a variable, scheme.variable, or null")
STDNUM = Value(("text", "null"), pattern=r"^[a-z]+(\.[a-z0-9_]+)?$", what="a module of python-stdnum, such as cr.cpf")
DAY = Value(("date",))
OPTIONAL_DAY = Value(("date", "null"))
YES_NO = Value(("boolean",))
NUMBER = Value(("number",))
SCALAR = Value(
    ("text", "number", "boolean", "date", "null"),
    what="a number, a text, true or false, a day, or null",
    nonempty=False,
)
WORDS = MapOf("language", TEXT, least=1)
FORMULA = Value(
    ("text", "number", "boolean"),
    what="a formula",
    hint="write one expression; put quotes around it when it holds a colon",
)
CONFIDENCE = Value(("text",), choices=CONFIDENCES)
SOURCES = ListOf(Value(("text",), what="the key of a source, such as S1"))

_words = Field(WORDS, True, "words in each language of the pack: {en: …, es: …}")
_optional_words = Field(WORDS, False, "words in each language of the pack: {en: …, es: …}")
EVIDENCE: dict[str, Field] = {
    "article": Field(OPTIONAL_TEXT, about="the article of the law, as a jurist cites it"),
    "source": Field(SOURCES, about="keys of sources.yaml"),
    "confidence": Field(
        CONFIDENCE, about="high: read in a legal text or official table; medium: a step unverified; low: unverified"
    ),
    "note": Field(OPTIONAL_TEXT, about="what is assumed, or why"),
    "checked_by": Field(OPTIONAL_TEXT, about="the jurist who checked it; null until somebody has"),
}
REVIEW: dict[str, Field] = {
    "article": EVIDENCE["article"],
    "note": EVIDENCE["note"],
    "checked_by": EVIDENCE["checked_by"],
    "reviewed": Field(OPTIONAL_DAY, about="the day on which the figures were last looked at"),
    "next_review": Field(OPTIONAL_DAY, about="the day by which they are to be looked at again"),
}

EXCEPTION = Record(
    {
        "when": Field(FORMULA, True, "the condition under which the exception stands in place of the rule"),
        "formula": Field(FORMULA, True, "the formula that stands then"),
        "overrides": Field(ListOf(NAME), about="exceptions that give way to this one when both apply"),
        "words": _optional_words,
        **EVIDENCE,
    },
    what="an exception",
)
_RULE: dict[str, Field] = {
    "words": _optional_words,
    "type": Field(Unit(), about="the type of the result; not needed when the name is an output of the vocabulary"),
    "formula": Field(FORMULA, about="the rule, in the rule language"),
    "formulas": Field(
        MapOf("date", FORMULA, least=1), about="the rule by the day from which it stands; unknown before the first"
    ),
    "exceptions": Field(MapOf("name", EXCEPTION), about="labelled exceptions"),
    **EVIDENCE,
}
VARIABLES = MapOf("name", Record(_RULE, what="a variable", exactly_one=("formula", "formulas")))
CONDITION = Record(
    {
        **_RULE,
        "words": _words,
        "unmet": Field(WORDS, about="the reason in words when it does not hold"),
        "remedy": Field(WORDS, about="what a person can do about it"),
        "barrier": Field(Value(("text",), choices=BARRIERS), about="the kind of barrier it is"),
    },
    what="a condition",
    exactly_one=("formula", "formulas"),
)

_DATED: dict[str, Field] = {
    "source": EVIDENCE["source"],
    "confidence": EVIDENCE["confidence"],
    "article": EVIDENCE["article"],
    "note": EVIDENCE["note"],
    "checked_by": EVIDENCE["checked_by"],
    "known_from": Field(OPTIONAL_DAY, about="the day from which the value could be known, when the law came late"),
}
PARAMETER = Record(
    {
        "words": _words,
        "unit": Field(Unit(), True, "the type of the figure: money/month, rate, integer, days, …"),
        **REVIEW,
        "values": Field(
            MapOf(
                "date",
                Record(
                    {"value": Field(SCALAR, True, "the figure; null: unknown from this day"), **_DATED}, what="a value"
                ),
                least=1,
            ),
            True,
            "the figures by the day from which each stands",
        ),
    },
    what="a parameter",
)
TABLE_KEY = Record(
    {
        "unit": Field(Unit(), about="the type of the key"),
        "enum": Field(NAME, about="the enumeration of the key"),
        "band": Field(YES_NO, about='true when cells are edges in rising order: "<= 2", "< 4", "any"'),
    },
    what="a key of a table",
    exactly_one=("unit", "enum"),
)
CELL = SCALAR
TABLE_VERSION = Record(
    {
        **_DATED,
        "rows": Field(
            ListOf(ListOf(CELL, least=1), least=1),
            about="one list a row: the keys, then the columns, in the order declared",
        ),
        "rows_file": Field(
            TEXT, about="a CSV file beside this one that holds the rows; its header names keys and columns"
        ),
    },
    what="a version of a table",
    exactly_one=("rows", "rows_file"),
)
TABLE = Record(
    {
        "words": _words,
        **REVIEW,
        "keys": Field(MapOf("name", TABLE_KEY, least=1), True, "the key columns"),
        "columns": Field(MapOf("name", Unit(), least=1), True, "the other columns and their types"),
        "versions": Field(MapOf("date", TABLE_VERSION, least=1), True, "the rows by the day from which they stand"),
        "otherwise": Field(MapOf("name", SCALAR), about="the row for keys that match nothing"),
    },
    what="a table",
)

INPUT = Record(
    {
        "type": Field(Value(("text",), choices=INPUT_TYPES), about="the type; only for inputs of the pack's own"),
        "period": Field(Value(("text", "null"), choices=PERIODS), about="the period of money"),
        "enum": Field(NAME, about="an enumeration of the pack or the vocabulary"),
        "values": Field(
            ListOf(TEXT, least=1), about="the values of the vocabulary's enumeration that this country uses"
        ),
        "unit": Field(TEXT, about="the unit in words: years, months, days, persons"),
        "decimals": Field(Value(("integer",)), about="decimals that a number may carry"),
        "minimum": Field(Value(("number", "date")), about="lowest value, in major units"),
        "maximum": Field(Value(("number", "date")), about="highest value, in major units"),
        "ordinary": Field(SCALAR, about="the state meant by a case that leaves it out"),
        "words": _optional_words,
        "definition": Field(WORDS, about="what it means exactly"),
    },
    what="an input",
)
PACK = Document(
    "pack",
    "pack.yaml of an Ayni country pack",
    Record(
        {
            "country": Field(
                Value(("text",), pattern=r"^[A-Z]{2}$", what="two capital letters of ISO 3166-1"),
                True,
                "ISO 3166-1 alpha-2, or EU",
            ),
            "name": Field(WORDS, True, "the name of the country in each language"),
            "version": Field(
                Value(("text",), pattern=r"^\d+\.\d+\.\d+$", what="a version like 2026.11.1"),
                True,
                "the version of the pack",
            ),
            "currency": Field(
                Value(("text",), pattern=r"^[A-Z]{3}$", what="three capital letters of ISO 4217"), True, "ISO 4217"
            ),
            "currency_decimals": Field(Value(("integer",)), True, "decimals of the currency: 0, 2 or 3"),
            "languages": Field(
                ListOf(Value(("text",), pattern=r"^[a-z]{2,3}$"), least=1),
                True,
                "languages of all texts, the first is the main one",
            ),
            "checked_by": Field(OPTIONAL_TEXT, True, "the jurist who checked the whole pack; null until somebody has"),
            "note": Field(OPTIONAL_TEXT),
            "institutions": Field(
                MapOf(
                    "name",
                    Record(
                        {
                            "name": Field(WORDS, True),
                            "acronym": Field(OPTIONAL_TEXT),
                            "url": Field(OPTIONAL_TEXT),
                            "note": Field(OPTIONAL_TEXT),
                        },
                        what="an institution",
                    ),
                ),
                about="institutions that run schemes",
            ),
            "identifiers": Field(
                MapOf(
                    "name",
                    Record(
                        {
                            "words": _words,
                            "stdnum": Field(STDNUM, about="module of python-stdnum, such as cr.cpf"),
                            "pattern": Field(OPTIONAL_TEXT),
                        },
                        what="an identifier",
                    ),
                ),
                about="how identity numbers are checked",
            ),
            "regions": Field(MapOf("any", Anything()), about="regions of the country by ISO 3166-2"),
            "enums": Field(
                MapOf("name", MapOf("name", WORDS, least=1)), about="enumerations of the pack's own: value → words"
            ),
            "inputs": Field(
                MapOf("name", INPUT), about="bounds of inputs, and inputs of the pack's own (with its prefix)"
            ),
            "history": Field(MapOf("name", INPUT), about="columns of a person's monthly records"),
            "outside": Field(
                MapOf(
                    "name",
                    Record(
                        {"when": Field(FORMULA, True, "who belongs to the group"), "words": _words, **EVIDENCE},
                        what="a group outside",
                    ),
                ),
                about="groups for which the pack has no rules at all",
            ),
        },
        what="pack.yaml",
    ),
)
SOURCE_FILE = Document(
    "sources",
    "sources.yaml of an Ayni country pack",
    MapOf(
        "source",
        Record(
            {
                "title": Field(TEXT, True, "what it is and who published it"),
                "url": Field(OPTIONAL_TEXT, True, "its address, or null"),
                "date": Field(
                    Value(
                        ("date", "text", "integer", "null"),
                        pattern=r"^\d{4}(-\d{2})?$",
                        what="a day, a month like 2022-12, a year, or null",
                    ),
                    True,
                    "when it was published",
                ),
                "note": Field(OPTIONAL_TEXT),
            },
            what="a source",
        ),
    ),
)
PARAMETER_FILE = Document(
    "parameters",
    "parameters/*.yaml of an Ayni country pack",
    Record(
        {
            "parameters": Field(MapOf("name", PARAMETER), about="figures by date"),
            "tables": Field(MapOf("name", TABLE), about="tables by date"),
        },
        what="a file of parameters",
    ),
)
VARIABLE_FILE = Document(
    "variables",
    "variables/*.yaml of an Ayni country pack",
    Record({"variables": Field(VARIABLES, True, "rules shared by several schemes")}, what="a file of variables"),
)


def _item(**fields: Field) -> Form:
    return Record({"words": _words, **fields, **EVIDENCE}, what="this entry")


SCHEME_FILE = Document(
    "scheme",
    "schemes/<name>.yaml of an Ayni country pack",
    Record(
        {
            "id": Field(
                Value(("text",), pattern=r"^[a-z]{2}\.[a-z][a-z0-9_]*$", what="cc.name, such as cr.ccss_independent"),
                True,
                "the scheme's name in all packs",
            ),
            "name": Field(WORDS, True, "its name in each language"),
            "for_whom": Field(WORDS, True, "who it is for, in plain words"),
            "institution": Field(OPTIONAL_NAME, True, "a key of institutions in pack.yaml"),
            "type": Field(Value(("text",), choices=SCHEME_TYPES), True, "how it is paid for"),
            "branches": Field(
                ListOf(Value(("text",), choices=BRANCHES)), True, "branches of ILO Convention 102 that it covers"
            ),
            "not_covered": Field(WORDS, about="what it does not cover, in plain words"),
            "in_force": Field(DAY, True, "the first day for which the pack has rules"),
            "until": Field(OPTIONAL_DAY, about="the first day on which it no longer exists"),
            "legal_basis": Field(
                ListOf(
                    Record(
                        {
                            "instrument": Field(TEXT, True),
                            "articles": Field(Value(("text", "integer", "null"))),
                            "year": Field(Value(("integer", "null"))),
                            "note": Field(OPTIONAL_TEXT),
                        },
                        what="a legal basis",
                    )
                ),
                about="the laws it rests on",
            ),
            "conditions": Field(MapOf("name", CONDITION), about="who may join: `eligible` is all of them together"),
            "variables": Field(VARIABLES, about="the rules of the scheme"),
            "contributions": Field(
                ListOf(
                    Record(
                        {
                            "variable": Field(VARIABLE, True, "the amount"),
                            "payer": Field(Value(("text",), choices=PAYERS), True, "who bears it"),
                            "instalment": Field(Value(("text",), choices=INSTALMENTS), True, "how often it is due"),
                            "branches": Field(ListOf(Value(("text",), choices=BRANCHES)), about="what it pays for"),
                            "words": _optional_words,
                        },
                        what="a contribution",
                    )
                ),
                about="the elementary amounts, no totals",
            ),
            "benefits": Field(
                ListOf(
                    _item(
                        branch=Field(Value(("text",), choices=BRANCHES), True),
                        in_kind=Field(YES_NO, about="true for services"),
                        qualifies=Field(OPTIONAL_VARIABLE, about="a variable that is true when the right exists"),
                        amount=Field(OPTIONAL_VARIABLE, about="a variable with the amount"),
                        duration=Field(OPTIONAL_VARIABLE, about="a variable with the duration"),
                    )
                ),
                about="what it gives, by branch",
            ),
            "penalties": Field(
                ListOf(_item(variable=Field(OPTIONAL_VARIABLE))), about="what late or missing payment leads to"
            ),
            "dependants": Field(
                EitherOf(mapping=_item(variable=Field(OPTIONAL_VARIABLE)), scalar=Value(("null",))),
                about="who in a family is covered through whom",
            ),
            "documents": Field(ListOf(_item()), about="what proves the conditions"),
            "steps": Field(
                Record({"individual": Field(ListOf(_item())), "unit": Field(ListOf(_item()))}, what="steps"),
                about="how to register, alone and through a unit",
            ),
            "unit_role": Field(
                EitherOf(mapping=_item(functions=Field(ListOf(TEXT))), scalar=Value(("null",))),
                about="what a cooperative or association may do for its members",
            ),
            "links": Field(
                ListOf(
                    Record(
                        {"title": Field(EitherOf(mapping=WORDS, scalar=TEXT), True), "url": Field(TEXT, True)},
                        what="a link",
                    )
                )
            ),
            "inputs": Field(
                MapOf("name", Record({"ordinary": Field(SCALAR, True)}, what="an input of the scheme")),
                about="ordinary states for tables of cases",
            ),
            "note": Field(OPTIONAL_TEXT),
        },
        what="a scheme",
    ),
)
LOCALE_FILE = Document(
    "locale",
    "locale/<language>.yaml of an Ayni country pack",
    Record(
        {
            "inputs": Field(MapOf("name", TEXT), about="input → words"),
            "outputs": Field(MapOf("name", TEXT), about="output → words"),
            "enums": Field(MapOf("name", MapOf("name", TEXT)), about="enumeration → value → words"),
        },
        what="a file of words",
    ),
)
_MONTH = Value(("text",), pattern=r"^\d{4}-(0[1-9]|1[0-2])$", what="a month like 2026-01")
HISTORY = Record(
    {
        "from": Field(_MONTH, True, "the first month for which the history is complete"),
        "until": Field(_MONTH, True, "the first month after it"),
        "months": Field(
            ListOf(MapOf("any", SCALAR)), True, "records: {from, until, columns…}; months left out were not paid"
        ),
    },
    what="a history",
)
CASE_FILE = Document(
    "cases",
    "cases/*.yaml of an Ayni country pack",
    Record(
        {
            "cases": Field(
                ListOf(
                    Record(
                        {
                            "name": Field(EitherOf(mapping=WORDS, scalar=TEXT), True, "the case in a full sentence"),
                            "date": Field(DAY, True, "the day for which the rules are asked"),
                            "why": Field(
                                EitherOf(mapping=WORDS, scalar=TEXT),
                                True,
                                "how the expected result follows from the law",
                            ),
                            "source": Field(SOURCES),
                            "confidence": Field(CONFIDENCE),
                            "persons": Field(
                                MapOf("any", MapOf("name", EitherOf(mapping=HISTORY, scalar=SCALAR)), least=1),
                                True,
                                "person → inputs",
                            ),
                            "expect": Field(
                                MapOf("any", MapOf("output", SCALAR, least=1), least=1),
                                True,
                                "person → output → value; null is undecided",
                            ),
                        },
                        what="a case",
                    ),
                    least=1,
                ),
                True,
            )
        },
        what="a file of cases",
    ),
)
DOCUMENTS = (PACK, SOURCE_FILE, PARAMETER_FILE, VARIABLE_FILE, SCHEME_FILE, LOCALE_FILE, CASE_FILE)
SCHEMAS_FOLDER = Path(__file__).parent / "schemas"


def schema_text(document: Document) -> str:
    """The JSON Schema of a file, as it is published."""
    return json.dumps(document.json_schema(), indent=1, ensure_ascii=False) + "\n"


def write_schemas(folder: Path = SCHEMAS_FOLDER) -> list[Path]:
    """Write the JSON Schemas of all files; returns their paths."""
    folder.mkdir(exist_ok=True)
    paths = []
    for document in DOCUMENTS:
        path = folder / f"{document.name}.json"
        path.write_text(schema_text(document), encoding="utf-8")
        paths.append(path)
    return paths
