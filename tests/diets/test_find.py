"""Free text: what breaks a diet is found where it stands, and nothing else is."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantrypilot.diets import Judge, Knowledge, UnknownDiet, Verdict, default_judge, find
from pantrypilot.diets.finding import Finder
from pantrypilot.diets.places import STOP, placed_tokens, stretch_reader
from pantrypilot.diets.running import Phrases
from pantrypilot.diets.text import tokens

FINDER = Finder(default_judge())
NAMES = [name for food in Knowledge.load().classes.values() for name in food.names]
PLAIN = ["stir", "gently", "the", "oven", "until", "golden", "zorgle", "then", "serve", ".", ",", "2", "minutes"]
texts = st.lists(
    st.sampled_from([*NAMES, *PLAIN, "vegan", "without", "no", "or", "instead of", "free", "pan", "roast"]), max_size=12
).map(" ".join)


def found(text, diet="vegan", **how):
    return [span.text for span in FINDER.find(text, diet, **how)]


def test_a_span_says_where_what_and_why():
    [span] = FINDER.find("Then add the fish sauce.", "vegetarian")
    assert (span.start, span.end, span.text, span.diet) == (13, 23, "fish sauce", "vegetarian")
    assert span.verdict is Verdict.FORBIDDEN and span.reason == "fish sauce → fish → not vegetarian"


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Melt the butter. Add 2 eggs, milk and CRÈME FRAÎCHE!", ["butter", "eggs", "milk", "FRAÎCHE"]),
        ("Grandma's Chicken with Basmati", ["Chicken"]),
        ("Sunday roast with gravy", ["roast"]),
        ("Roast beef with mince", ["beef", "mince"]),
        ("Fish tacos", ["tacos"]),
        ("Butter the tin", ["Butter"]),
        ("Oil the chicken, salt 2 steaks", ["chicken", "steaks"]),
        ("3 anchovies\nrice", ["anchovies"]),
        ("<b>ham</b> & cheese", ["ham", "cheese"]),
        ("Add rice. Milk comes last", ["Milk"]),
    ],
)
def test_what_breaks_a_diet_is_found_in_titles_and_steps(text, spans):
    # the last word of each: the knowledge may learn longer names ("roast beef")
    assert [span.split()[-1] for span in found(text)] == spans


@pytest.mark.parametrize(
    "text",
    [
        "Add the butter beans and the oyster mushrooms",
        "Whisk in cream of tartar",
        "Stir coconut milk into peanut butter",
        "Spread vegan butter on dairy-free toast",
        "Top with a plant-based burger",
        "Scramble the tofu with egg-free mayonnaise",
        "Eggplant, butternut squash and hammered champignons",
        "Vegan and dairy-free butter",
        "Melt the butter (vegan) slowly",
        "Vegan Miyoko's butter",
    ],
)
def test_the_exceptions_are_those_of_the_judge(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Chop the onions and roast until golden",
        "Roast the carrots. Mince garlic. Toast for 5 minutes",
        "Roast potatoes",
        "It is hard to roast peppers in a small oven",
        "Steak out the best spot",
        "Fish out the bay leaf and fish them out",
        "Grease a fish kettle and two steak knives",
        "Roll a ball the size of an egg",
        "Heat the broiler",
        "Char the corn on all sides",
        "A brain child of mine",
    ],
)
def test_verbs_and_tools_are_no_food(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Use tofu instead of chicken", []),
        ("No eggs, milk or butter, only love", []),
        ("It has no meat, dairy, or gluten, but eggs", ["eggs"]),
        ("Skip the cheese or the ham, then add beef", ["beef"]),
        ("No butter. Add milk", ["milk"]),
        ("No butter, add milk or eggs", ["milk", "eggs"]),
        ("No fuss chicken", ["chicken"]),
        ("Butter without eggs", ["Butter"]),
        ("Replace the butter 2 eggs go in", ["eggs"]),
    ],
)
def test_what_is_left_out_is_not_found_and_what_follows_is(text, spans):
    assert found(text) == spans


def test_a_claim_speaks_of_its_own_food_only():
    assert found("Stir the vegan butter into the chicken") == ["chicken"]
    assert found("Serve vegan with butter") == ["butter"]
    assert found("vegan. Butter") == ["Butter"]


def test_the_dough_that_the_recipe_makes_is_no_news_but_a_bought_one_is():
    assert found("Knead the dough and shape it into patties", "gluten-free") == []
    assert found("Serve the panna cotta with berries", "vegetarian") == []
    assert found("Buy pizza dough", "gluten-free") == ["pizza dough"]


def test_what_depends_on_the_maker_is_told_when_asked_for():
    assert found("Add worcestershire sauce", "vegetarian") == []
    [span] = FINDER.find("Add worcestershire sauce", "vegetarian", unsure=True)
    assert span.verdict is Verdict.UNKNOWN and "depends on the maker" in span.reason


def test_all_diets_are_found_together_in_the_order_of_the_text():
    spans = FINDER.find_all("Bread with ham", ["Vegetarian", "no gluten"])
    assert [(span.text, span.diet) for span in spans] == [("Bread", "gluten-free"), ("ham", "vegetarian")]


def test_the_packaged_knowledge_is_used_by_default():
    assert [span.text for span in find("Fry the ham", "vegan")] == ["ham"]


def test_an_unknown_diet_names_the_nearest():
    with pytest.raises(UnknownDiet, match="'vegan'"):
        FINDER.find("ham", "vegam")


def test_a_users_own_foods_are_found_too():
    own = {"classes": {"fish_sauce": {"names": ["aunt mai's drops"]}}}
    finder = Finder(Judge(Knowledge.load(own)))
    assert [span.text for span in finder.find("Add Aunt Mai’s drops", "vegan")] == ["Aunt Mai’s drops"]


@settings(max_examples=300, deadline=None)
@given(st.one_of(texts, st.text(max_size=200)))
def test_spans_lie_in_the_text_in_order_and_hold_what_they_say(text):
    spans = FINDER.find(text, "vegan", unsure=True)
    assert all(0 <= span.start < span.end <= len(text) and text[span.start : span.end] == span.text for span in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert all(default_judge().judge(span.text, "vegan").food_classes for span in spans)


@settings(max_examples=300, deadline=None)
@given(st.one_of(texts, st.text(max_size=100)))
def test_places_are_those_of_the_judges_own_words(text):
    spelling = default_judge().knowledge.spelling
    placed = list(placed_tokens(text, stretch_reader(spelling)))
    assert [word.stem for word in placed if word.stem != STOP] == tokens(text, spelling)
    assert all(0 <= word.start <= word.end <= len(text) for word in placed)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([word for word in PLAIN if word != "oven"]), max_size=30).map(" ".join))
def test_a_text_without_food_has_no_find(text):
    assert FINDER.find_all(text, default_judge().diets, unsure=True) == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(["Add {}.", "Serve it with {}", "{} is next", "- {}\n"]))
def test_a_forbidden_name_is_found_in_a_sentence(name, sentence):
    judged = default_judge().judge(name, "vegan")
    if judged.verdict is Verdict.FORBIDDEN and " or " not in name and " and " not in name:
        assert FINDER.find(sentence.format(name), "vegan"), (name, judged.reason)


class Counting:
    """A finder whose work is counted: stretches read, phrases matched, letters judged."""

    def __init__(self, monkeypatch):
        self.finder = Finder(default_judge())
        self.work = 0
        self._count(monkeypatch, self.finder, "_read", len)
        self._count(monkeypatch, self.finder.judge, "verdicts", len)
        self._count(monkeypatch, self.finder._phrases, "_letter", lambda stem: 1)

    def _count(self, monkeypatch, owner, name, cost):
        real = getattr(owner, name)

        def counted(argument):
            self.work += cost(argument)
            return real(argument)

        monkeypatch.setattr(owner, name, counted)

    def of(self, text):
        self.work = 0
        self.finder.find(text, "vegan")
        return self.work


@pytest.mark.parametrize(
    "piece",
    [
        "Roast the chicken with butter, no milk or eggs. ",
        "chicken ",
        "vegan, ",
        "no ham or ",
        "hot hot chocolate ice cream ",
        "1 ",
        "z",
        "é, ",
    ],
)
def test_ten_times_the_text_is_ten_times_the_work(piece, monkeypatch):
    counting = Counting(monkeypatch)
    small, large = counting.of(piece * 100), counting.of(piece * 1000)
    assert large <= 10 * small + 20
    assert large <= 4 * len(piece) * 1000 + 20


def test_the_automaton_finds_the_longest_from_the_left_as_a_plain_search_does():
    phrases = Phrases(default_judge().knowledge)
    known = {key: size for key, (_, size) in phrases._automaton.items()}
    longest = max(known.values())

    def plain(letters):
        here, ends = 0, []
        while here < len(letters):
            fits = [
                size for size in range(min(longest, len(letters) - here), 0, -1) if letters[here : here + size] in known
            ]
            if fits:
                ends.append((here, here + fits[0]))
            here += fits[0] if fits else 1
        return ends

    @settings(max_examples=200, deadline=None)
    @given(texts)
    def agree(text):
        letters = "".join(phrases._letter(stem) for stem in tokens(text, default_judge().knowledge.spelling))
        found = [(last + 1 - size, last + 1) for last, (_, size) in phrases._automaton.iter_long(letters)]
        assert found == plain(letters)

    agree()
