"""A guard is judged by what a hostile model can still write through it."""

import itertools
import random
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pantrypilot.diets import UnknownDiet, default_judge
from pantrypilot.diets.text import singular
from pantrypilot.kitchen.text import SELECTED_HEADER, parse_answer, render_answer, render_system
from pantrypilot.modelling.guard import Guard
from pantrypilot.modelling.guard_letters import spellings
from pantrypilot.modelling.guard_names import VERBS
from pantrypilot.modelling.guard_tokens import token_bytes
from pantrypilot.modelling.tokenizer import load_tokenizer, train_tokenizer
from pantrypilot.scoring.answers import mentions

PANTRY = (
    "tofu",
    "chicken breast",
    "egg",
    "eggplant",
    "rice",
    "rice vinegar",
    "stock",
    "crème fraîche",
    "peanut butter",
)


@cache
def tokenizer():
    names = [name for food in default_judge().knowledge.classes.values() for name in food.names]
    system, answer = (
        render_system(PANTRY, ["vegan"]),
        render_answer("Tofu Rice", PANTRY, ["oil"], ["Fry the tofu for 5 minutes."]),
    )
    return load_tokenizer(train_tokenizer([system, answer, *names], vocabulary_size=700, max_length=512))


@cache
def guard():
    return Guard(tokenizer(), default_judge())


def accepts(answer: str, pantry=PANTRY, diets=("vegan",)) -> bool:
    return guard().accepts(answer, pantry, diets)


def says(sentence: str, **kwargs) -> bool:
    return accepts(render_answer("Dinner", ["tofu"], [], [sentence]), **kwargs)


def adds(name: str, **kwargs) -> bool:
    return accepts(render_answer("Dinner", ["tofu"], [name], ["Serve."]), **kwargs)


def decode(model, pantry, diets, steps=150) -> tuple[str, object]:
    """Greedy decoding of `model(text so far) -> logits` through a watch, as mlx-lm does it."""
    import mlx.core as mx

    watch, tokens, written = guard().watch(pantry, diets), [1, 2, 3], []
    for _ in range(steps):
        text = tokenizer().decode(written)
        logits = watch(mx.array(tokens + written), mx.array(model(text), mx.float32)[None])
        token = int(mx.argmax(logits, axis=-1).item())
        if token in tokenizer().eos_token_ids:
            break
        written.append(token)
    return tokenizer().decode(written), watch.report


@pytest.mark.parametrize(
    "sentence",
    [
        "Fry the eggplant.",
        "Stir in the peanut butter.",
        "Add coconut milk.",
        "Roast the rice.",
        "Use vegan cheese, then stir.",
    ],
)
def test_plant_exceptions_may_be_written(sentence):
    assert says(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["Fry the egg.", "Fry the Eggs", "Beat 2eggs.", "Add the ÉGG.", "Add milk chocolate.", "Add rice. Milk it.",
     "Fry the chickenbreast.",
     "Fry the chi*cken.", "Fry the chick\u200ben.", "Use vegan: cheese.", "Add butter-fried rice.",
     "Eat the roast.", "Rolls go in."],
)  # fmt: skip
def test_forbidden_foods_may_not_be_written_in_any_spelling(sentence):
    assert not says(sentence, diets=("vegan", "gluten-free"))


def test_a_longer_name_that_begins_like_a_forbidden_one_needs_to_be_at_hand():
    assert not says("Warm the butter beans.")
    assert says("Warm the butter beans.", pantry=("tofu", "butter beans"))
    assert not says("Warm the butter.", pantry=("tofu", "butter beans"))
    assert says("Melt the dairy-free butter.", pantry=("tofu", "dairy-free butter"))
    assert accepts(render_answer("Stew", ["tofu"], ["oyster mushrooms"], ["Fry the oyster mushrooms."]))
    assert not accepts(render_answer("Stew", ["tofu"], ["mushrooms"], ["Fry the oyster mushrooms."]))


def test_additions_may_be_any_food_but_a_forbidden_one():
    assert adds("butternut squash") and adds("eggplant") and adds("almond milk")
    assert not adds("butter") and not adds("eggs") and not adds("fish sauce") and not adds("milk chocolate")


def test_titles_are_guarded_too():
    assert not accepts(render_answer("Chicken Rice", ["rice"], [], ["Serve."]))
    assert accepts(render_answer("Chicken Rice", ["rice"], [], ["Serve."]), diets=())


@pytest.mark.parametrize(
    ("selected", "fine"),
    [(["tofu", "rice", "rice vinegar"], True), (["eggplant"], True), (["egg"], False), (["stock"], False),
     (["chicken breast"], False),
     (["crème fraîche"], False), (["tofu", "tofu"], False), (["oil"], False), (["tof"], False), (["tofu "], False),
     ([], True)],
)  # fmt: skip
def test_only_offered_names_are_selected_each_once(selected, fine):
    assert accepts(render_answer("Dinner", selected, [], ["Serve."])) is fine


def test_without_a_diet_the_whole_pantry_is_offered():
    assert accepts(
        render_answer("Egg Rice", ["egg", "crème fraîche", "chicken breast"], ["ham"], ["Fry the ham."]), diets=()
    )


def test_a_second_list_cannot_hide_behind_the_steps():
    answer = render_answer("Dinner", ["tofu"], [], ["Serve."])
    assert not accepts(f"{answer}\n{SELECTED_HEADER}\n- chicken breast")


def test_an_unknown_diet_names_the_nearest():
    with pytest.raises(UnknownDiet, match="vegetarian"):
        guard().watch(PANTRY, ["vegitarian"])


def test_a_pantry_with_nothing_to_offer_does_not_trap_the_model():
    text, report = decode(
        _wanting(["Recipe: Ham\n", "- ham", "1. Fry.", "\n"], seed=4), ("ham", "chicken breast"), ("vegetarian",)
    )
    answer = parse_answer(text)
    assert answer.selected == () and answer.title and answer.steps and report.stuck == 0


def test_names_with_accents_are_picked_though_their_letters_fall_to_bytes():
    assert accepts(render_answer("Dinner", ["crème fraîche"], [], ["Serve."]), diets=("vegetarian",))


def _wanting(wishes, seed=0):
    """A model that wants to write these texts over and over, cut into tokens at random, and is noise otherwise."""
    rng, texts = np.random.default_rng(seed), token_bytes(tokenizer())
    endless = "".join(itertools.islice(itertools.cycle(wishes), 60))

    def logits(text):
        noise = rng.uniform(size=len(texts))
        said = text[-12:]
        # go on wherever the wishes hold the longest end of what was written
        start = next((endless.find(said[k:]) + len(said) - k for k in range(len(said)) if said[k:] in endless), 0)
        rest = endless[start : start + 24].encode()
        return noise + [2.0 * bool(t and rest.startswith(t)) * rng.uniform(0.3, 1) for t in texts]

    return logits


def excused(line, name, diet) -> bool:
    """Whether the judge allows every mention with the words before it: "seed milk" is a plant's."""
    judge = default_judge()
    words, sought = judge.knowledge.stems(line).split(), judge.knowledge.stems(name).split()
    ends = [i + len(sought) for i in range(len(words)) if words[i : i + len(sought)] == sought]
    phrases = [[" ".join(words[max(0, end - size) : end]) for size in range(len(sought) + 1, 6)] for end in ends]
    return all(any(judge.verdicts(phrase)[diet] == "allowed" for phrase in longer) for longer in phrases)


FOODS = [name for food in default_judge().knowledge.classes.values() for name in food.names]


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    pantry=st.lists(st.sampled_from(FOODS), min_size=1, max_size=8, unique=True),
    diet=st.sampled_from(["vegetarian", "vegan", "gluten-free", "pescatarian", "dairy-free"]),
    seed=st.integers(0, 10**6),
    hostile=st.booleans(),
)
def test_no_noise_and_no_hostile_model_gets_a_forbidden_food_through(pantry, diet, seed, hostile):
    judge = default_judge()
    bad = [name for name in FOODS if judge.verdicts(name)[diet] == "forbidden"]
    drawn = random.Random(seed).sample(bad, 6)
    wishes = [wish for name in [*pantry, *drawn] for wish in (f"\n- {name}\n", f" the {name} and ")]
    text, _ = decode(_wanting(wishes if hostile else [""], seed), pantry, [diet], steps=70)
    answer = parse_answer(text)
    # the last line may be cut off in the middle of a name
    complete = answer.selected if answer.additions or answer.steps else answer.selected[:-1]
    assert set(complete) <= {name.lower() for name in pantry}
    assert all(judge.verdicts(name)[diet] == "allowed" for name in complete)
    assert len(set(complete)) == len(complete)
    for line in text.splitlines()[:-1]:
        said = set(mentions(line, bad, judge.knowledge, pantry))
        orders = {judge.knowledge.stems(verb) for verb in set(VERBS) - set(pantry)}  # "Roll the dough" is no roll
        assert not [
            name for name in said if not excused(line, name, diet) and judge.knowledge.stems(name) not in orders
        ]


def test_interventions_are_counted_by_rule():
    _, report = decode(_wanting(["Recipe: Rice\n", SELECTED_HEADER, "\n- chicken breast"]), PANTRY, ["vegan"], steps=60)
    assert report.interventions == report.selection + report.food + report.form
    assert report.selection > 0


def test_a_token_adds_the_same_text_to_the_guard_as_to_a_reader():
    texts, rng = token_bytes(tokenizer()), random.Random(5)
    usable = [index for index, text in enumerate(texts) if text]
    for _ in range(50):
        drawn = rng.choices(usable, k=8)
        assert b"".join(texts[index] for index in drawn).decode("utf-8", "replace") == tokenizer().decode(drawn)


@given(st.from_regex(r"[a-z]{1,4}(sh|ch|x|ss|zz|o|y|ie|es|s|e|oes|ies|sses)?", fullmatch=True))
def test_every_word_is_among_the_spellings_of_its_stem(word):
    assert word in spellings(singular(word))


@pytest.mark.parametrize("kind", ["pieces", "plain"])
def test_other_tokenizers_are_read_as_well(kind):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(set("- crème fraîche tofu Instructions: 1. Fry 2 eggs.") - {" "})
    if kind == "pieces":
        vocabulary = ["<s>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581", *letters, "\u2581t"]
        inner = Tokenizer(
            models.BPE(
                {t: i for i, t in enumerate(vocabulary)}, [("\u2581", "t")], byte_fallback=True, unk_token="<unk>"
            )
        )
        inner.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never", split=False)
        inner.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    else:
        vocabulary = ["<s>", "<unk>", "\n", " ", *letters, " t"]
        inner = Tokenizer(models.BPE({t: i for i, t in enumerate(vocabulary)}, [(" ", "t")], unk_token="<unk>"))
        inner.decoder = decoders.Fuse()
    made = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<s>", unk_token="<unk>")
    assert token_bytes(made)[len(vocabulary) - 1] == b" t"
    assert token_bytes(made)[0] == b""
