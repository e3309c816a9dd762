"""Which names some diets forbid, and which longer ones excuse them.

Words are compared as the judge compares them (lower case, no accents, singular), so "Eggs" and "egg" are one,
and "eggplant" is another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from pantrypilot.diets import Judge, Verdict
from pantrypilot.diets import text as diet_text
from pantrypilot.modelling.guard_letters import prefixes, spellings, words_of

Name = tuple[str, ...]  # stems of a name, in order
START = "^"  # stands in a context where a sentence begins

# Orders that are foods too; only at the head of a sentence: "Roast the carrots."
VERBS = ("roast", "char", "roll", "toast")
# Words of kitchens that begin like a food that some diet forbids, and are rarely begun by mistake: bun-ch, gin-ger.
COUSINS = (
    "unit", "units", "ginger", "gingery", "bunch", "bunches", "minced", "mincing", "charred", "charring", "charcoal",
    "roasted", "roasting", "rolled", "rolling", "crumbled", "nutmeg", "tamarind", "ginseng", "briefly", "shiny",
    "piece", "pieces", "toasted", "toasting", "solely", "basil", "breadth", "boned", "boneless", "patted",
)  # fmt: skip


class FoodNames:
    """The forbidden and allowed names of some diets.

    Args:
        pantry: allowed pantry names, whole.
        banned: forbidden pantry names, whole; most hold a forbidden food anyway.
        vocabulary: the words that are single tokens of the model.
    """

    def __init__(
        self,
        judge: Judge,
        diets: Sequence[str],
        pantry: Iterable[str] = (),
        banned: Iterable[str] = (),
        vocabulary: Iterable[str] = (),
    ) -> None:
        pantry, banned = tuple(pantry), tuple(banned)
        self.judge, self.diets = judge, tuple(judge.knowledge.diet(diet).key for diet in diets)
        knowledge = judge.knowledge
        self._spelling = knowledge.spelling
        self._variants: dict[str, list[str]] = {}
        for variant, right in knowledge.spelling.items():
            self._variants.setdefault(right, []).append(variant)
        known = {self.stems(name): self.verdict(name) for food in knowledge.classes.values() for name in food.names}
        self.forbidden = {name for name, verdict in known.items() if verdict is Verdict.FORBIDDEN}
        self.forbidden |= {self.stems(name) for name in banned}
        in_pantry = {self.stems(name) for name in pantry} - self.forbidden
        self.allowed = {
            name for name, verdict in known.items() if verdict is Verdict.ALLOWED
        } - self.forbidden | in_pantry
        self.exempt = {name for name in self.allowed if self._holds_forbidden(name)}
        self._singles = {name[0] for name in self.forbidden if len(name) == 1}
        self.at_hand = frozenset(name for name in self.exempt if name in in_pantry)
        self.verbs = frozenset(VERBS) - {name[0] for name in map(self.stems, banned) if len(name) == 1}
        self._openers = self._find_openers()
        self._ways = {name[:size] for name in (*self.forbidden, *self.exempt) for size in range(1, len(name))}
        self._common = self._cousins(words_of([*COUSINS, *pantry]))
        self._listed = self._cousins(words_of(name for food in knowledge.classes.values() for name in food.names))
        self._whole = self._cousins(words_of(vocabulary))
        relevant = {stem for name in (*self.forbidden, *self.exempt, *self._openers) for stem in name}
        self._alive = prefixes(word for stem in relevant for word in self._spellings(stem))
        for method in ("stem", "ends", "tainted"):
            setattr(self, method, lru_cache(maxsize=100_000)(getattr(self, method)))

    def stem(self, word: str) -> str:
        single = diet_text.singular(word)
        return self._spelling.get(single, single)

    def stems(self, text: str) -> Name:
        return tuple(word for word in diet_text.tokens(text, self._spelling) if word != diet_text.BREAK)

    def verdict(self, name: str) -> Verdict:
        """The strictest verdict of the diets."""
        said = self.judge.verdicts(name)
        verdicts = {said[diet] for diet in self.diets}
        return next((v for v in (Verdict.FORBIDDEN, Verdict.UNKNOWN) if v in verdicts), Verdict.ALLOWED)

    def _spellings(self, stem: str) -> set[str]:
        return {word for root in (stem, *self._variants.get(stem, ())) for word in spellings(root)}

    def _holds_forbidden(self, name: Name) -> bool:
        return any(name[i:j] in self.forbidden for i in range(len(name)) for j in range(i + 1, len(name) + 1))

    def _cousins(self, words: Iterable[str]) -> frozenset[str]:
        """Those of `words` that begin with a forbidden word and are none themselves."""
        return frozenset(w for w in words if self.stem(w) not in self._singles and any(self._single_heads(w)))

    def _single_heads(self, word: str) -> Iterator[str]:
        """The forbidden words that a longer word begins with."""
        heads = (word[:size] for size in range(2, len(word)))
        return (head for head in heads if self.stem(head) in self._singles)

    def _find_openers(self) -> set[Name]:
        """Words after which a forbidden name may be something else: "vegan" cheese, "cashew" yogurt."""
        knowledge = self.judge.knowledge
        foods = {knowledge.class_by_name.get(" ".join(name), "") for name in self.forbidden}
        kinds = {kind for food in foods for kind in knowledge.kinds.get(food, ())}
        after = {food for rule in knowledge.compounds if rule.becomes and kinds & set(rule.head) for food in rule.after}
        openers = {self.stems(word) for claim in knowledge.claims for word in claim.words}
        openers |= {self.stems(name) for name, key in knowledge.class_by_name.items() if after & knowledge.kinds[key]}
        return {name for name in openers if name and name not in self.forbidden}

    def needs(self, name: str) -> bool:
        """Whether having this allowed name in the pantry changes what may be written."""
        return self._holds_forbidden(self.stems(name)) or bool(self._cousins(words_of([name])))

    def refuses(self, name: str) -> bool:
        """Whether this name cannot be written anywhere."""
        return self._holds_forbidden(self.stems(name)) and name.lower() not in VERBS

    def ends(self, context: Name, word: str) -> int:
        """How many words the longest forbidden name has that ends with `word` and is not exempt; 0 for none."""
        if context == (START,) and word in self.verbs:
            return 0
        words = (*context, self.stem(word))
        for i in range(len(words)):
            longer = (words[k:] for k in range(i))
            if words[i:] in self.forbidden and not any(n in self.exempt or self._excused(n) for n in longer):
                return len(words) - i
        return 0

    def _excused(self, phrase: Name) -> bool:
        """ "vegan butter", "cashew yogurt": no listed name, but the judge allows it as a whole."""
        opened = any(phrase[:size] in self._openers for size in range(1, len(phrase)))
        return opened and self.verdict(" ".join(phrase)) is Verdict.ALLOWED

    def tainted(self, context: Name, word: str) -> bool:
        """Whether the word begins with a forbidden one, itself left out."""
        return any(self.ends(context, head) for head in self._single_heads(word))
