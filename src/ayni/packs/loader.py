"""Loading a pack: every file read, everything that is wrong with them collected, and one `Pack` made.

`load_pack` refuses a pack whose files do not have their form or name things that do not exist; all such problems are
raised together. Rules are typed later, by the kernel, when a pack is first evaluated or checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from ayni.core.errors import Location
from ayni.packs import schema
from ayni.packs.files import PackFiles, find_pack, scan
from ayni.packs.model import OUTSIDE, Identifier, Institution, OutsideGroup, Pack, Review, Scheme, Source
from ayni.packs.problems import Problems, Where, corrected, one_of
from ayni.packs.read_inputs import merge_enums, read_history, read_inputs
from ayni.packs.read_rules import Reader, formula_text, read_parameter, read_review, read_table, read_variable
from ayni.packs.read_schemes import BOOLEAN, read_scheme
from ayni.packs.vocabulary import Vocabulary, plain_name, vocabulary, words_for
from ayni.packs.yaml_reader import YamlMap
from ayni.rules.definitions import ParameterDefinition, Rulebook, TableDefinition, Text, UnitSpec, VariableDefinition

HASH_IN_VERSION = 12


def load_pack(country_or_path: str | Path) -> Pack:
    """The rules of a country, by its two letters (`cr`), or of a folder that holds a pack.

    Raises AyniError for an unknown country, and AyniErrors with every problem of the pack's files.
    """
    files = scan(find_pack(country_or_path))
    problems = Problems()
    trees = _read_all(files, problems)
    problems.raise_if_any()
    loading = _Loading(files, trees, problems, vocabulary())
    pack = loading.pack()
    problems.raise_if_any()
    return pack


@dataclass
class _Trees:
    """The trees of all files, each with its path."""

    pack: Any = None
    sources: dict[str, Any] = field(default_factory=dict)
    parameters: dict[PurePosixPath, Any] = field(default_factory=dict)
    variables: dict[PurePosixPath, Any] = field(default_factory=dict)
    schemes: dict[PurePosixPath, Any] = field(default_factory=dict)
    locale: dict[str, Any] = field(default_factory=dict)


def _read_all(files: PackFiles, problems: Problems) -> _Trees:
    trees = _Trees(pack=files.read("pack.yaml", schema.PACK, problems))
    if PurePosixPath("sources.yaml") in files.paths:
        trees.sources = files.read("sources.yaml", schema.SOURCE_FILE, problems) or {}
    else:
        problems.add(
            "pack.file_missing",
            "The pack has no sources",
            Location(files.name("sources.yaml")),
            expected="sources.yaml",
            action="add it: a figure without a source does not ship",
        )
    for folder, document, target in (
        ("parameters", schema.PARAMETER_FILE, trees.parameters),
        ("variables", schema.VARIABLE_FILE, trees.variables),
        ("schemes", schema.SCHEME_FILE, trees.schemes),
    ):
        for path in files.below(folder, ".yaml"):
            target[path] = files.read(path, document, problems)
    for path in files.below("locale", ".yaml"):
        trees.locale[path.stem] = files.read(path, schema.LOCALE_FILE, problems) or {}
    return trees


class _Loading:
    """One loading: reads the trees in the order in which they depend on each other."""

    def __init__(self, files: PackFiles, trees: _Trees, problems: Problems, words: Vocabulary) -> None:
        self.files = files
        self.trees = trees
        self.problems = problems
        self.vocabulary = words
        self.top = Where(files.name("pack.yaml"), 1)
        self.tree: YamlMap = trees.pack
        self.country: str = self.tree["country"]
        self.enums = merge_enums(words, self.tree, trees.locale, self.country, self.top, problems)
        self.inputs = read_inputs(words, self.tree, trees.locale, self.enums, self.top, problems)
        units = {name: output.unit for name, output in words.outputs.items()}
        # A shared variable that stands for an input has the type of that input.
        units |= {name: definition.unit for name, definition in self.inputs.items()}
        self.reader = Reader(files, problems, self.enums, trees.sources, units)
        self.parameters: dict[str, ParameterDefinition] = {}
        self.tables: dict[str, TableDefinition] = {}
        self.reviews: dict[str, Review] = {}
        self.variables: dict[str, VariableDefinition] = {}
        self.schemes: dict[str, Scheme] = {}

    def pack(self) -> Pack:
        """The pack, whose problems have been noted."""
        self._read_parameters()
        self._read_variables()
        self._read_schemes()
        outside = self._read_outside()
        self._check_names()
        self._check_references()
        content_hash = self.files.content_hash(("vocabulary.yaml", self.vocabulary.text))
        version = f"{self.tree['version']}+{content_hash[:HASH_IN_VERSION]}"
        languages = tuple(self.tree["languages"])
        rulebook = Rulebook(
            name=self.country.lower(),
            version=version,
            currency=self.tree["currency"],
            currency_decimals=self.tree["currency_decimals"],
            enums=self.enums,
            inputs=self.inputs,
            history=read_history(self.tree, self.trees.locale, self.enums, self.top, self.problems),
            parameters=self.parameters,
            tables=self.tables,
            variables=self.variables,
            languages=languages,
        )
        return Pack(
            country=self.country,
            name=self.tree["name"],
            version=version,
            content_hash=content_hash,
            currency=self.tree["currency"],
            currency_decimals=self.tree["currency_decimals"],
            languages=languages,
            folder=self.files.root,
            rulebook=rulebook,
            schemes=self.schemes,
            sources={key: _read_source(key, entry) for key, entry in self.trees.sources.items()},
            institutions={
                key: Institution(key, entry["name"], entry.get("acronym"), entry.get("url"))
                for key, entry in (self.tree.get("institutions") or {}).items()
            },
            identifiers={
                key: Identifier(key, entry["words"], entry.get("stdnum"), entry.get("pattern"))
                for key, entry in (self.tree.get("identifiers") or {}).items()
            },
            outside=outside,
            reviews=self.reviews,
            output_words=self._output_words(),
            case_files=tuple(
                self.files.root / path for suffix in (".csv", ".yaml") for path in self.files.below("cases", suffix)
            ),
            checked_by=self.tree.get("checked_by"),
            note=self.tree.get("note"),
        )

    def _read_parameters(self) -> None:
        for path, tree in self.trees.parameters.items():
            where = Where(self.files.name(path), 1)
            for name, entry in (tree.get("parameters") or {}).items():
                place = where.at("parameters", None).at(name, tree["parameters"].line_of(name))
                self._refuse_second(name, self.parameters, place)
                self.parameters[name] = read_parameter(self.reader, name, entry, place)
                self.reviews[name] = read_review(entry)
            for name, entry in (tree.get("tables") or {}).items():
                place = where.at("tables", None).at(name, tree["tables"].line_of(name))
                self._refuse_second(name, self.tables, place)
                self.tables[name] = read_table(self.reader, name, entry, path, place)
                self.reviews[name] = read_review(entry)

    def _read_variables(self) -> None:
        for path, tree in self.trees.variables.items():
            where = Where(self.files.name(path), 1).at("variables", None)
            for name, entry in tree["variables"].items():
                place = where.at(name, tree["variables"].line_of(name))
                self._refuse_second(name, self.variables, place)
                self._add(self._with_words(read_variable(self.reader, name, entry, place)))

    def _read_schemes(self) -> None:
        for path, tree in self.trees.schemes.items():
            where = Where(self.files.name(path), 1)
            expected = f"{self.country.lower()}.{path.stem}"
            if tree["id"] != expected:
                self.problems.add(
                    "pack.scheme_id",
                    "The id of the scheme is not that of its file",
                    where.at("id", tree.line_of("id")),
                    found=tree["id"],
                    expected=expected,
                    action=f"write `{expected}`, or rename the file",
                )
            scheme, variables = read_scheme(self.reader, tree, path.stem, where)
            self.schemes[path.stem] = scheme
            for variable in variables:
                self._add(self._with_words(variable))
            self._check_ordinary(tree.get("inputs"), where.at("inputs", None))
            institution = tree["institution"]
            known = self.tree.get("institutions") or {}
            if institution is not None and institution not in known:
                self.problems.add(
                    "pack.unknown_institution",
                    f"There is no institution `{institution}` in pack.yaml",
                    where.at("institution", tree.line_of("institution")),
                    found=institution,
                    action=corrected(institution, known) or "add it to pack.yaml",
                )

    def _check_ordinary(self, entries: YamlMap | None, where: Where) -> None:
        """Ordinary states belong to inputs that exist."""
        for name in entries or ():
            if entries is not None and name not in self.inputs:
                self.problems.add(
                    "pack.unknown_input",
                    f"There is no input `{name}`",
                    where.at(name, entries.line_of(name)),
                    found=name,
                    action=corrected(name, self.inputs) or "declare it in pack.yaml",
                )

    def _read_outside(self) -> dict[str, OutsideGroup]:
        groups = {}
        for name, entry in (self.tree.get("outside") or {}).items():
            where = self.top.at("outside", None).at(name, self.tree["outside"].line_of(name))
            evidence = self.reader.evidence(entry, where)
            groups[name] = OutsideGroup(name, formula_text(entry["when"]), entry["words"], evidence)
            location = where.at("when", entry.line_of("when")).location
            formulas = ((date.min, groups[name].when),)
            self._add(
                VariableDefinition(
                    name, formulas, OUTSIDE, BOOLEAN, words=entry["words"], evidence=evidence, location=location
                )
            )
        return groups

    def _add(self, variable: VariableDefinition) -> None:
        self.variables[variable.qualified_name] = variable

    def _with_words(self, variable: VariableDefinition) -> VariableDefinition:
        """The variable with its own words, else those of the vocabulary or the locale for an output of its name."""
        known = self.vocabulary.outputs.get(variable.name)
        from_locale = words_for(self.trees.locale, "outputs", variable.name)
        base: Text = known.words if known is not None else {"en": plain_name(variable.name)}
        return replace(variable, words={**({} if variable.words else base), **from_locale, **variable.words})

    def _output_words(self) -> dict[str, Text]:
        words = {name: {**output.words} for name, output in self.vocabulary.outputs.items()}
        names = {name for tree in self.trees.locale.values() for name in tree.get("outputs") or {}}
        for name in names:
            words[name] = {**words.get(name, {}), **words_for(self.trees.locale, "outputs", name)}
        return dict(words)

    def _refuse_second(self, name: str, known: Mapping[str, Any], where: Where) -> None:
        if name in known:
            first = known[name].location
            self.problems.add(
                "pack.name_twice",
                f"`{name}` is defined twice",
                where,
                found=f"the first is in {first}",
                action="remove one of them, or rename it",
            )

    def _check_names(self) -> None:
        """One name, one thing: parameters, tables, shared variables and schemes do not share names."""
        kinds: list[tuple[str, Mapping[str, Any]]] = [
            ("a parameter", self.parameters),
            ("a table", self.tables),
            ("a shared variable", {name: v for name, v in self.variables.items() if v.scheme is None}),
            ("a scheme", self.schemes),
        ]
        taken: dict[str, str] = {
            OUTSIDE: "the groups outside the pack",
            "household": "the household",
            "history": "the history",
        }
        for kind, known in kinds:
            for name, item in known.items():
                if name in taken:
                    self.problems.add(
                        "pack.name_twice",
                        f"`{name}` is {kind} and also {taken[name]}",
                        item.location,
                        action="rename one of them",
                    )
                taken.setdefault(name, kind)
        for name, parameter in self.parameters.items():
            if name in self.inputs:
                self.problems.add(
                    "pack.name_twice",
                    f"`{name}` is a parameter and also an input",
                    parameter.location,
                    action="rename it",
                )

    def _check_references(self) -> None:
        """Everything that schemes name must exist."""
        for scheme in self.schemes.values():
            for contribution in scheme.contributions:
                self._check_variable(scheme, contribution.variable, contribution.location)
            for benefit in scheme.benefits:
                for named in (benefit.qualifies, benefit.amount, benefit.duration):
                    self._check_variable(scheme, named, benefit.location)
            for item in (*scheme.penalties, *filter(None, (scheme.dependants,))):
                self._check_variable(scheme, item.variable, item.location)

    def _check_variable(self, scheme: Scheme, named: str | None, location: Location | None) -> None:
        if named is None or scheme.column(named) in self.variables or named in self.parameters:
            return
        names = _sayable(scheme, self.variables)
        self.problems.add(
            "pack.unknown_variable",
            f"There is no variable `{named}`",
            location,
            found=named,
            expected=f"one of {one_of(sorted(scheme.own_variables))}" if scheme.own_variables else None,
            action=corrected(named, names) or "define it under `variables:`",
        )


def _sayable(scheme: Scheme, variables: Iterable[str]) -> list[str]:
    """The names by which a scheme may call variables: its own bare, all others qualified."""
    return [*scheme.own_variables, *variables]


def _read_source(key: str, entry: Mapping[str, Any]) -> Source:
    day = entry.get("date")
    return Source(key, entry["title"], entry.get("url"), None if day is None else str(day), entry.get("note"))


def unit_of(pack: Pack, column: str) -> UnitSpec | None:
    """The declared unit of a result column, where one was declared."""
    variable = pack.rulebook.variables.get(column)
    return None if variable is None else variable.unit
