"""Read `knowledge/*.yml`, lay a user's overrides over it, and refuse what is wrong, naming what is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from pantrypilot.diets.knowledge import (
    Claim,
    Compound,
    Diet,
    FoodClass,
    Knowledge,
    KnowledgeError,
    diet_spelling,
    nearest,
)
from pantrypilot.diets.text import tokens

ROLES_OF_WORDS = ("neutral", "linkers", "of", "joiners", "without", "free", "flavour", "imitation", "verbs")
MODIFIER_KEYS = ("spelling", "claims", "compounds", "alone", "genera", "endings", *ROLES_OF_WORDS)


def _checked_keys(given: Any, allowed: Iterable[str], where: str) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise KnowledgeError(f"{where}: expected keys and values, got {given!r}.")
    for key in given:
        if key not in allowed:
            raise KnowledgeError(f"{where}: unknown key {key!r}.{nearest(key, allowed)}")
    return dict(given)


def _words(given: Any, where: str) -> tuple[str, ...]:
    given = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(given, list | tuple):
        raise KnowledgeError(f"{where}: expected a list of words, got {given!r}.")
    for word in given:
        if not isinstance(word, str):
            # YAML reads `no`, `on` and `7` as other things than words.
            raise KnowledgeError(f"{where}: {word!r} is not a word; put it in quotes.")
    return tuple(given)


def _parse(record: type, given: Any, where: str, base: Any = None) -> dict[str, Any]:
    fields = [f for f in record.__dataclass_fields__ if f != "key"]
    values = _checked_keys(given, fields, where)
    for name, value in values.items():
        if isinstance(getattr(base, name, record.__dataclass_fields__[name].default), str):
            if not isinstance(value, str):
                raise KnowledgeError(f"{where}.{name}: expected text, got {value!r}.")
        else:
            values[name] = _words(value, f"{where}.{name}")
    return values


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Refuses a key that is there twice, where YAML would keep the last and drop the names of the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise yaml.constructor.ConstructorError(None, None, f"{min(twice)!r} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


@cache
def packaged() -> Knowledge:
    """The knowledge that ships with the package, read once."""
    classes: dict[str, FoodClass] = {}
    diets: dict[str, Diet] = {}
    modifiers: dict[str, Any] = {}
    more: list[tuple[str, str, tuple[str, ...]]] = []
    genera: list[tuple[str, str, tuple[str, ...]]] = []
    folder = resources.files("pantrypilot.diets") / "knowledge"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".yml"):
            continue
        try:
            read = yaml.load(file.read_text("utf-8"), _Loader)
        except yaml.YAMLError as error:
            raise KnowledgeError(f"{file.name}: {error}") from error
        given = _checked_keys(read, ("classes", "diets", "names", *MODIFIER_KEYS), file.name)
        for key, value in (given.pop("classes", None) or {}).items():
            if key in classes:
                raise KnowledgeError(f"{file.name}: the class {key!r} is already defined in another file.")
            classes[key] = FoodClass(key, **_parse(FoodClass, value, f"{file.name}: {key}"))
        for key, value in (given.pop("diets", None) or {}).items():
            diets[key] = Diet(key, **_parse(Diet, value, f"{file.name}: {key}"))
        for key, value in (given.pop("names", None) or {}).items():
            more.append((file.name, key, _words(value, f"{file.name}: names.{key}")))
        for key, value in (given.pop("genera", None) or {}).items():
            genera.append((file.name, key, _words(value, f"{file.name}: genera.{key}")))
        if twice := set(modifiers) & set(given):
            raise KnowledgeError(f"{file.name}: {min(twice)!r} is already given in another file.")
        modifiers.update(given)
    modifiers["genera"] = [word for _, _, listed in genera for word in listed]
    for file_name, key, names in (*more, *genera):
        if key not in classes:
            raise KnowledgeError(f"{file_name}: names: there is no food class {key!r}.{nearest(key, classes)}")
        known = classes[key].names
        # A genus may be a common name too ("agaricus"); any other name stands once.
        new = (name for name in names if name not in known) if (file_name, key, names) in genera else names
        classes[key] = replace(classes[key], names=(*known, *new))
    return build(classes, diets, modifiers)


def build(classes: Mapping[str, FoodClass], diets: Mapping[str, Diet], modifiers: Mapping[str, Any]) -> Knowledge:
    """Knowledge from its parts, checked: parents exist, no cycle, no name in two classes."""
    claims, compounds = [], []
    for claim in modifiers.get("claims") or []:
        values = _checked_keys(claim, ("words", "clears", "leaves"), "claims")
        claims.append(
            Claim(
                _words(values.get("words"), "claims.words"),
                _words(values.get("clears"), "claims.clears"),
                values.get("leaves", ""),
            )
        )
    for compound in modifiers.get("compounds") or []:
        if bool(compound.get("becomes")) == (compound.get("keeps") in ("head", "first")):
            raise KnowledgeError(f"compounds: {compound} needs `becomes`, or else `keeps: head` or `keeps: first`.")
        values = _checked_keys(compound, ("after", "head", "becomes", "keeps"), "compounds")
        compounds.append(
            Compound(
                _words(values.get("after"), "compounds.after"),
                _words(values.get("head"), "compounds.head"),
                values.get("becomes", ""),
                values.get("keeps", ""),
            )
        )
    spelling = {}
    for right, variants in (modifiers.get("spelling") or {}).items():
        right_stem = tokens(right)[0]
        spelling.update({tokens(variant)[0]: right_stem for variant in _words(variants, f"spelling.{right}")})
    for role in ROLES_OF_WORDS:
        _words(modifiers.get(role), role)
    for where in ("alone", "endings"):
        for key, value in (modifiers.get(where) or {}).items():
            _words(value, f"{where}.{key}")
    made = Knowledge(dict(classes), dict(diets), dict(modifiers), tuple(claims), tuple(compounds), spelling)
    _check(made)
    return made


def _check(made: Knowledge) -> None:
    for where, words in _references(made):
        for word in words:
            if word not in made.classes:
                raise KnowledgeError(f"{where}: there is no food class {word!r}.{nearest(word, made.classes)}")
    _refuse_cycles(made.classes)
    owner: dict[str, str] = {}
    for food in made.classes.values():
        for name in food.names:
            stem = made.stems(name)
            if not stem:
                raise KnowledgeError(f"{food.key}.names: {name!r} has no letters to match.")
            if owner.setdefault(stem, food.key) != food.key:
                raise KnowledgeError(
                    f"The name {name!r} is in two classes, {owner[stem]!r} and {food.key!r}; keep one."
                )
    seen: dict[str, str] = {}
    for diet in made.diets.values():
        for spelling in (diet.key, *diet.aliases):
            first = seen.setdefault(diet_spelling(spelling), diet.key)
            if first != diet.key:
                raise KnowledgeError(f"The name {spelling!r} is used by two diets, {first!r} and {diet.key!r}.")


def _references(made: Knowledge) -> Iterable[tuple[str, tuple[str, ...]]]:
    for c in made.classes.values():
        yield f"class {c.key!r}", (*c.is_a, *c.contains, *c.may_contain)
    for d in made.diets.values():
        yield f"diet {d.key!r}", (*d.forbids, *d.unsure, *d.allows)
    for claim in made.claims:
        yield f"claim {claim.words[0]!r}", (*claim.clears, *([claim.leaves] if claim.leaves else []))
    for where in ("alone", "endings"):
        yield where, tuple(made.modifiers.get(where) or ())
    for rule in made.compounds:
        yield "compounds", (*rule.after, *rule.head, *([rule.becomes] if rule.becomes else []))


def _refuse_cycles(classes: Mapping[str, FoodClass]) -> None:
    done: set[str] = set()

    def visit(key: str, path: tuple[str, ...]) -> None:
        if key in path:
            raise KnowledgeError(f"Food classes go in a circle: {' → '.join((*path[path.index(key) :], key))}.")
        if key not in done:
            for parent in (*classes[key].is_a, *classes[key].contains):
                visit(parent, (*path, key))
            done.add(key)

    for key in classes:
        visit(key, ())


def overridden(base: Knowledge, overrides: Mapping[str, Any]) -> Knowledge:
    """`base` with a user's classes and diets over it; `base` stays as it is."""
    given = _checked_keys(overrides, ("classes", "diets"), "diets.yml")
    classes, diets = dict(base.classes), dict(base.diets)
    new_classes = _checked_keys(given.get("classes"), given.get("classes") or (), "diets.yml: classes")
    moved: dict[str, str] = {}
    for key, value in new_classes.items():
        values = _parse(FoodClass, value, f"diets.yml: classes.{key}")
        for name in values.get("names", ()):
            first = moved.setdefault(base.stems(name), key)
            if first != key:
                raise KnowledgeError(f"diets.yml: {name!r} is in two classes, {first!r} and {key!r}; keep one.")
        old = classes.get(key, FoodClass(key))
        values["names"] = (*old.names, *values.get("names", ()))
        classes[key] = replace(old, **values)
    for key, food in classes.items():
        kept = tuple(n for n in food.names if moved.get(base.stems(n), key) == key)
        classes[key] = replace(food, names=kept)
    new_diets = _checked_keys(given.get("diets"), given.get("diets") or (), "diets.yml: diets")
    for key, value in new_diets.items():
        diets[key] = replace(diets.get(key, Diet(key)), **_parse(Diet, value, f"diets.yml: diets.{key}"))
    return build(classes, diets, base.modifiers)
