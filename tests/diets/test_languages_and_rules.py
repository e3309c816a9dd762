"""Latin and foreign names, and the rules that law or a health body writes: rennet, sulphites, FODMAP."""

import pytest

from pantrypilot.diets import Judge, Knowledge, KnowledgeError, Verdict, judge
from pantrypilot.diets.loading import packaged


@pytest.mark.parametrize(
    ("name", "diet", "verdict"),
    [
        # A genus tells what it is; the species after it and its author need no entry.
        ("Merluccius gayi", "gluten-free", "allowed"),
        ("Merluccius gayi", "vegetarian", "forbidden"),
        ("Vaccinium myrtillus L.", "vegan", "allowed"),
        ("Ruditapes philippinarum", "mollusc-free", "forbidden"),
        ("Clupeonella cultriventris oil", "fish-free", "forbidden"),
        ("Triticum monococcum", "gluten-free", "forbidden"),
        # Where the genus is several foods, or a word of English, the species stands in full.
        ("Thymus vulgaris", "vegan", "allowed"),
        ("thymus", "vegan", "forbidden"),
        ("Channa striata", "vegan", "forbidden"),
        ("channa dal", "vegan", "allowed"),
        ("late-summer fruit", "vegan", "allowed"),
        # A strange word after a known food that is no genus stays strange.
        ("tomato zorgle", "vegan", "unknown"),
        # In languages that have the head first, what follows "de" is no head.
        ("jambon de Xaintray", "gluten-free", "allowed"),
        ("fromage de Xaintray", "vegetarian", "allowed"),
        ("vegan ricotta di pecora", "vegan", "allowed"),
        # Compounds in one word are what they end in, and what ends so in English by chance is strange.
        ("Glasmästarsill", "vegetarian", "forbidden"),
        ("Zorgelkäse", "vegan", "forbidden"),
        ("Zorgelkäse", "vegetarian", "allowed"),
        ("zorgelbrot", "gluten-free", "forbidden"),
        ("gathering", "vegan", "unknown"),
        # What a listed name holds, or may hold, a claim in it does not deny.
        ("mock turtle soup", "vegetarian", "forbidden"),
        ("mock duck", "vegetarian", "allowed"),
        ("non-dairy creamer", "dairy-free", "unknown"),
        ("non-dairy milk", "dairy-free", "allowed"),
        ("gluten-free rolled oats", "gluten-free", "allowed"),
        ("chicken + salt", "celery-free", "allowed"),
        # Codex CAC/GL 24-1997 names dogs, bears and domestic donkeys, not horses.
        ("dog meat", "halal", "forbidden"),
        ("bear steak", "halal", "forbidden"),
        ("donkey", "halal", "forbidden"),
        ("horse meat", "halal", "allowed"),
        # Flour brings fructans with its gluten, soy sauce does not.
        ("sausage", "low-fodmap", "unknown"),
        ("soy sauce", "low-fodmap", "allowed"),
        # Elided articles are words of their own.
        ("beurre d'anchois", "vegetarian", "forbidden"),
        ("olio all'aglio", "vegan", "allowed"),
        ("jambon d'Ajoie", "vegan", "forbidden"),
        ("conchiglie rigate", "vegetarian", "allowed"),
        ("INS 120", "vegetarian", "forbidden"),
        ("E331iii", "vegan", "allowed"),
        # Of which origin a protein or a fibre is, the word before it says.
        ("pea fibre", "gluten-free", "allowed"),
        ("fibre", "gluten-free", "unknown"),
        ("whole milk protein", "vegetarian", "allowed"),
        ("fish protein", "vegetarian", "forbidden"),
        ("corn breading", "gluten-free", "unknown"),
        # Catfish of Asia have no scales either.
        ("pangasius", "kosher", "forbidden"),
        ("pearl (Israeli) couscous", "vegan", "allowed"),
        ("cannellini (white kidney) beans", "vegan", "allowed"),
        ("hot sauce (such as Frank's Red Hot)", "vegan", "allowed"),
    ],
)
def test_a_name_of_another_language_is_read_by_its_class(name, diet, verdict):
    assert judge(name, diet).verdict == verdict


@pytest.mark.parametrize("name", ["Parmigiano-Reggiano", "Grana Padano", "pecorino romano", "gorgonzola", "comté"])
def test_a_cheese_whose_protected_name_asks_for_animal_rennet_is_not_vegetarian(name):
    judgement = judge(name, "vegetarian")
    assert judgement.verdict is Verdict.FORBIDDEN
    assert "animal rennet" in judgement.reason
    assert judge(f"vegetarian {name}", "vegetarian").verdict is Verdict.ALLOWED


@pytest.mark.parametrize("name", ["parmesan", "romano cheese", "gruyere", "mozzarella", "cheddar"])
def test_a_cheese_named_by_its_style_is_vegetarian(name):
    assert judge(name, "vegetarian").verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ({"may_contain": ["animal_rennet"]}, "unknown"),
        ({"is_a": [], "contains": ["cheese", "animal_rennet"]}, "forbidden"),
    ],
)
def test_a_household_can_judge_parmesan_otherwise_and_nothing_else_changes(rule, verdict):
    strict = Judge(Knowledge.load({"classes": {"rennet_cheese": rule}}))
    assert strict.judge("parmesan", "vegetarian").verdict == verdict
    # What may hold some milk is not in doubt for the rennet of one cheese.
    assert strict.judge("puff pastry", "vegetarian").verdict is Verdict.ALLOWED
    assert strict.judge("cheddar", "vegetarian").verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("red wine", "unknown"),
        ("sulphite-free wine", "allowed"),
        ("dried apricots", "unknown"),
        ("unsulphured dried apricots", "allowed"),
        ("balsamic vinegar", "unknown"),
        ("shrimp", "unknown"),
        ("maraschino cherries", "unknown"),
        ("sodium metabisulphite", "forbidden"),
        ("carrots", "allowed"),
    ],
)
def test_sulphites_are_in_doubt_where_they_are_permitted_above_ten_milligrams(name, verdict):
    assert judge(name, "sulphite-free").verdict == verdict


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("garlic", "forbidden"),
        ("garlic-infused oil", "allowed"),
        ("scallions", "unknown"),
        ("green onion tops", "allowed"),
        ("wheat bread", "forbidden"),
        ("spelt sourdough bread", "allowed"),
        ("button mushrooms", "unknown"),
        ("oyster mushrooms", "allowed"),
        ("high fructose corn syrup", "forbidden"),
        ("inulin", "forbidden"),
        ("dark rum", "forbidden"),
        ("gin", "allowed"),
        ("milk", "forbidden"),
        ("lactose-free milk", "allowed"),
        ("overripe bananas", "forbidden"),
        ("grapes", "unknown"),
    ],
)
def test_fodmap_verdicts_follow_the_groups_of_monash_university(name, verdict):
    assert judge(name, "low-fodmap").verdict == verdict


@pytest.mark.parametrize(
    ("name", "diet"),
    [
        ("corn flakes", "gluten-free"),
        ("rice krispies", "gluten-free"),
        ("steak sauce", "vegetarian"),
        ("barbecue sauce", "fish-free"),
        ("enchilada sauce", "gluten-free"),
        ("mole poblano", "peanut-free"),
        ("sweet and sour sauce", "soy-free"),
    ],
)
def test_what_hides_an_allergen_in_some_brands_is_unknown(name, diet):
    assert judge(name, diet).verdict is Verdict.UNKNOWN


def test_a_genus_of_no_food_class_is_an_error_that_names_the_nearest(monkeypatch, tmp_path):
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "latin.yml").write_text("classes: {fish: {}}\ngenera: {fisch: [gadus]}\n")
    monkeypatch.setattr("pantrypilot.diets.loading.resources.files", lambda package: tmp_path)
    packaged.cache_clear()
    try:
        with pytest.raises(KnowledgeError, match=r"no food class 'fisch'\. Did you mean 'fish'"):
            packaged()
    finally:
        packaged.cache_clear()
