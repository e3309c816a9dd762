"""Running text that cannot name a forbidden food, followed letter by letter.

Words are compared as the judge compares them (lower case, no accents, singular), so "Eggs" and "egg" are one,
and "eggplant" is another. A forbidden name is exempt inside a longer allowed one: before its end ("peanut
butter"), or after it where the longer name is at hand ("butter beans" in the pantry): then nothing but
"beans" may follow "butter".

A word that begins with a forbidden one ("egg" + "plant") must be a word that is known: from the pantry, from
the knowledge, or whole in the model's own vocabulary. So "chickenbreast" cannot be pieced together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from pantrypilot.diets import Judge, Verdict
from pantrypilot.diets import text as diet_text

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

_UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")
_ENDS_IN_ES = ("o", "sh", "ch", "x", "ss", "zz")
SOFT, BREAK, STOP, BANNED = " ", ",", ".", None


@cache
def fold(character: str) -> tuple[str | None, ...]:
    """What a character is to the text: letters, digits, SOFT (the name goes on), BREAK or STOP (it does not),
    nothing at all (accents, apostrophes), or BANNED: marks that a reader does not see or that readers drop.
    """
    if character in ".!?":
        return (STOP,)
    if character in " -":
        return (SOFT,)
    if character in "*\ufffd" or unicodedata.category(character) in _UNSEEN:
        return (BANNED,)
    folded = unicodedata.normalize("NFKD", character.casefold()).casefold().translate(diet_text._LIGATURES)
    kinds: list[str | None] = []
    for part in folded:
        if "a" <= part <= "z" or "0" <= part <= "9":
            kinds.append(part)
        elif part == " ":
            kinds.append(SOFT)
        elif part != "'" and not unicodedata.combining(part):
            kinds.append(BREAK)
    return tuple(kinds)


def spellings(stem: str) -> set[str]:
    """Every word with this stem: the inverse of `diets.text.singular`."""
    words = {stem, f"{stem}s"}
    if stem.endswith("y"):
        words |= {f"{stem[:-1]}ie", f"{stem[:-1]}ies"}
    if stem.endswith(_ENDS_IN_ES):
        words |= {f"{stem}e", f"{stem}es"}
    words |= {word for word, of in diet_text._F_PLURALS.items() if of == stem}
    return {word for word in words if diet_text.singular(word) == stem}


class Writing(NamedTuple):
    """Where a line of running text stands.

    `context`: stems before the word, as far as they matter; `word`: its letters so far, DEAD once they cannot
    matter; `due`: what must follow to complete a longer name; `learned`: names that the additions brought in;
    `filled`: there is something on the line; `pending`: bytes of an unfinished character.
    """

    context: Name = (START,)
    word: str = ""
    due: frozenset[tuple[Name, Name]] = frozenset()
    learned: frozenset[Name] = frozenset()
    filled: bool = False
    pending: bytes = b""


DEAD, DEAD_NUMBER = "~", "#"
_NOTHING: frozenset[tuple[Name, Name]] = frozenset()


class FoodWords:
    """The forbidden and allowed names of some diets. `step` is exact and slow; callers cache.

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
        self._common = self._cousins(_words([*COUSINS, *pantry]))
        self._listed = self._cousins(_words(name for food in knowledge.classes.values() for name in food.names))
        self._whole = self._cousins(_words(vocabulary))
        relevant = {stem for name in (*self.forbidden, *self.exempt, *self._openers) for stem in name}
        self._alive = _prefixes(word for stem in relevant for word in self._spellings(stem))
        for method in ("stem", "ends", "tainted", "may_pause", "_reduce", "_prefixes", "step"):
            setattr(self, method, lru_cache(maxsize=100_000)(getattr(self, method)))

    # names and stems

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
        return self._holds_forbidden(self.stems(name)) or bool(self._cousins(_words([name])))

    def refuses(self, name: str) -> bool:
        """Whether this name cannot be written anywhere."""
        return self._holds_forbidden(self.stems(name)) and name.lower() not in VERBS

    # following the text

    def step(self, at: Writing, byte: int, additions: bool) -> Writing | None:
        """The text one byte of UTF-8 further, or None where that would be illegal."""
        if byte >= 0x80 and not at.pending and (at.due or self._bound(at)):
            return None  # what must follow can be written in plain letters, and nothing else leads on
        if byte >= 0x80 or at.pending:
            try:
                character = (at.pending + bytes([byte])).decode()
            except UnicodeDecodeError as problem:
                unfinished = problem.reason == "unexpected end of data"
                return at._replace(pending=at.pending + bytes([byte])) if unfinished else None
            at = at._replace(pending=b"")
        else:
            character = chr(byte)
        kinds = fold(character)
        if not kinds and (at.due or self.finish(at, SOFT, additions) is None):
            return None  # an apostrophe moves nothing on: not where the word must go on
        for part in kinds:
            if part is BANNED:
                return None
            following = self._letter(at, part, additions) if part.isalnum() else self.finish(at, part, additions)
            if following is None:
                return None
            at = following
        return at

    def _bound(self, at: Writing) -> bool:
        """Whether the word so far is forbidden, or begins with a forbidden one."""
        alive = at.word not in ("", DEAD, DEAD_NUMBER)
        return alive and bool(self.ends(at.context, at.word) or self.tainted(at.context, at.word))

    def _letter(self, at: Writing, letter: str, additions: bool) -> Writing | None:
        dead = DEAD_NUMBER if letter.isdigit() else DEAD
        if at.word and (at.word == DEAD_NUMBER or at.word[-1].isdigit()) != letter.isdigit():
            after = self.finish(at, SOFT, additions)
            return after and self._letter(after, letter, additions)
        word = dead if at.word == dead else at.word + letter
        at = at._replace(filled=True)
        if at.due:
            fits = any(spelled.startswith(word) for rest, _ in at.due for spelled in self._spellings(rest[0]))
            return at._replace(word=word) if fits else None
        if word == dead:
            return at
        if self.tainted(at.context, word):
            return at._replace(word=word) if word in self._prefixes(at.learned, additions, whole=True) else None
        return at._replace(word=word if word in self._alive else dead)

    def finish(self, at: Writing, mark: str, additions: bool) -> Writing | None:
        """The text after the end of a word, or None where the word makes a forbidden name."""
        if at.word:
            following = self._close(at, additions)
            if following is None:
                return None
            at = following
        elif at.due and mark == SOFT:
            return None  # one space at a time, or the longer name would never come
        if mark == SOFT:
            return at
        if at.due:
            return None
        return at._replace(context=(START,) if mark == STOP else ())

    def _close(self, at: Writing, additions: bool) -> Writing | None:
        if at.word in (DEAD, DEAD_NUMBER):
            return at._replace(word="", context=())
        stem = self.stem(at.word)
        if at.due:
            left = {(rest[1:], name) for rest, name in at.due if rest[0] == stem}
            whole = {name for rest, name in left if not rest}
            if whole:
                learned = at.learned | whole if additions else at.learned
                return at._replace(word="", due=_NOTHING, context=(), learned=learned)
            return at._replace(word="", due=frozenset(left)) if left else None
        learned = at.learned
        if self.tainted(at.context, at.word):
            if at.word not in self._lexicon(at.learned, additions) and at.word not in self._whole:
                return None
            learned = learned | {(at.word,)} if additions else learned
        size = self.ends(at.context, at.word)
        words = (*at.context, stem)
        if size:
            due = {
                (name[len(tail) :], name)
                for k in range(len(words) - size + 1)
                for tail in [words[k:]]
                for name in (self.exempt if additions else self.at_hand | at.learned)
                if len(name) > len(tail) and name[: len(tail)] == tail
            }
            return at._replace(word="", context=(), due=frozenset(due)) if due else None
        return at._replace(word="", context=self._reduce(words), learned=learned)

    def may_pause(self, at: Writing, additions: bool) -> bool:
        """Whether a token may end here: not on a forbidden word that nothing at hand would complete."""
        if not at.word or at.due or self._close(at, additions) is not None:
            return True
        if self.tainted(at.context, at.word):
            return True
        return at.word in self._prefixes(at.learned, additions, whole=False)

    def may_end(self, at: Writing, additions: bool) -> bool:
        """Whether the line may end here."""
        return at.filled and not at.pending and self.finish(at, BREAK, additions) is not None

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

    def _lexicon(self, learned: frozenset[Name], additions: bool) -> frozenset[str]:
        words = self._common | self._listed if additions else self._common
        return words | {name[0] for name in learned if len(name) == 1} if learned else words

    def _prefixes(self, learned: frozenset[Name], additions: bool, whole: bool) -> frozenset[str]:
        lexicon = self._lexicon(learned, additions)
        return frozenset(_prefixes(lexicon | self._whole if whole else lexicon))

    def _reduce(self, words: Name) -> Name:
        """The words that can still matter: a name begun, or openers and then perhaps a name begun."""
        return next((words[k:] for k in range(len(words)) if self._matters(words[k:])), ())

    def _matters(self, words: Name) -> bool:
        if words in self._ways:
            return True
        for size in range(1, len(words) + 1):
            if words[:size] in self._openers and (size == len(words) or self._matters(words[size:])):
                return True
        return False


def _words(phrases: Iterable[str]) -> set[str]:
    found = set()
    for phrase in phrases:
        letters = "".join(part or " " for character in phrase for part in fold(character))
        found |= {word for word in letters.replace(",", " ").replace(".", " ").split() if word.isalpha()}
    return found


def _prefixes(words: Iterable[str]) -> set[str]:
    return {word[:size] for word in words for size in range(1, len(word) + 1)}
