"""Names read as a cook reads them: what stands before a food, after it, beside it or instead of it."""

import pytest

from pantrypilot.diets import judge


@pytest.mark.parametrize(
    ("name", "diet", "verdict"),
    [
        # A food in the name of another.
        ("butter beans", "vegan", "allowed"),
        ("cream of tartar", "vegan", "allowed"),
        ("coconut milk", "dairy-free", "allowed"),
        ("beefsteak tomato", "vegetarian", "allowed"),
        ("oyster mushroom", "shellfish-free", "allowed"),
        ("milk thistle", "dairy-free", "allowed"),
        ("horse radish", "vegan", "allowed"),
        ("chicken of the woods", "vegan", "allowed"),
        ("egg noodles", "egg-free", "forbidden"),
        ("egg noodles", "gluten-free", "forbidden"),
        ("buckwheat", "gluten-free", "allowed"),
        # A flavour, an imitation and a substitute may hold it or not.
        ("chicken-flavoured tofu", "vegetarian", "unknown"),
        ("imitation bacon", "vegetarian", "unknown"),
        ("chicken substitute", "vegetarian", "unknown"),
        # A claim speaks of what follows it, up to the next "with", comma, "and" or "or".
        ("vegan butter", "vegan", "allowed"),
        ("vegan butter with chicken", "vegan", "forbidden"),
        ("chicken with vegan butter", "vegan", "forbidden"),
        ("chicken in vegan butter sauce", "vegetarian", "forbidden"),
        ("vegan cheese and ham", "vegan", "forbidden"),
        ("vegan or regular butter", "vegan", "forbidden"),
        ("vegan substitute for butter", "vegan", "allowed"),
        ("gluten-free soy sauce", "gluten-free", "allowed"),
        ("gluten-free or regular flour", "gluten-free", "forbidden"),
        ("dairy-free and egg-free mayonnaise", "egg-free", "allowed"),
        ("gluten-free, dairy-free cookies", "gluten-free", "allowed"),
        # After a food, a claim speaks of the one before it.
        ("butter (dairy-free)", "dairy-free", "allowed"),
        ("butter (14 oz, dairy-free)", "dairy-free", "allowed"),
        ("milk, margarine (dairy-free)", "dairy-free", "forbidden"),
        ("cookies, gluten-free and vegan", "vegan", "allowed"),
        # Negations.
        ("egg-free pasta", "egg-free", "allowed"),
        ("pizza dough without cheese", "dairy-free", "unknown"),
        ("macaroni without cheese", "dairy-free", "allowed"),
        ("pasta without cheese or butter", "dairy-free", "allowed"),
        ("pasta without cheese, butter", "dairy-free", "forbidden"),
        ("no fuss chicken", "vegetarian", "forbidden"),
        # Alternatives and lists: the strictest.
        ("butter or margarine", "vegan", "forbidden"),
        ("oil or butter", "vegan", "forbidden"),
        ("margarine or oil", "vegan", "unknown"),
        # Cuts, heads and verbs.
        ("salmon steak", "pescatarian", "allowed"),
        ("beef steak", "vegetarian", "forbidden"),
        ("cheese steak", "vegetarian", "forbidden"),
        ("honey roast", "vegetarian", "forbidden"),
        ("2 onions, chop", "vegan", "allowed"),
        ("2 onions, mince", "vegan", "allowed"),
        ("mince", "vegetarian", "forbidden"),
        ("tofu or mince", "vegetarian", "forbidden"),
        ("tofu, eggs, mince", "vegetarian", "forbidden"),
        ("roast the carrots", "vegan", "allowed"),
        ("6 rolls, split", "gluten-free", "forbidden"),
        ("lamb chops", "vegetarian", "forbidden"),
        # Words that are a food only where they stand alone.
        ("2 cups leaves", "vegan", "allowed"),
        ("4 fillets", "vegetarian", "forbidden"),
        ("4 fillets", "pescatarian", "unknown"),
        ("jumbo shells", "gluten-free", "forbidden"),
        # Amounts, preparation, brands.
        ("2 (14 oz) cans low-sodium chicken broth, warmed", "vegetarian", "forbidden"),
        ("1 (12 fluid ounce) can Guinness beer", "gluten-free", "forbidden"),
        ("Kraft shredded mozzarella cheese", "dairy-free", "forbidden"),
        ("sweet italian sausage", "vegetarian", "forbidden"),
    ],
)
def test_words_around_a_food_say_what_they_say_to_a_cook(name, diet, verdict):
    assert judge(name, diet).verdict == verdict


@pytest.mark.parametrize(
    ("name", "diet"),
    [
        ("poulet fumé", "vegetarian"),
        ("Hähnchenbrust", "vegetarian"),
        ("merluza", "vegetarian"),
        ("bresaola della Valtellina", "vegetarian"),
        ("fuet", "vegetarian"),
        ("laban", "dairy-free"),
        ("twaróg", "dairy-free"),
        ("Parmigiano-Reggiano", "dairy-free"),
        ("tagliarini", "gluten-free"),
        ("Roggenbrot", "gluten-free"),
        ("frikeh", "gluten-free"),
        ("œufs", "egg-free"),
        ("gamberi", "crustacean-free"),
        ("calçots with langostinos", "crustacean-free"),
        ("vieiras", "mollusc-free"),
        ("tahina", "sesame-free"),
        ("noisettes", "tree-nut-free"),
        ("cacahuetes", "peanut-free"),
        ("Knollensellerie", "celery-free"),
        ("moutarde de Dijon", "mustard-free"),
        ("altramuces", "lupin-free"),
        ("doenjang", "soy-free"),
        ("E223", "sulphite-free"),
        ("E 120", "vegetarian"),
        ("Gadus morhua", "fish-free"),
        ("wild boar ragù", "halal"),
        ("cassis", "halal"),
    ],
)
def test_foods_are_known_by_class_in_other_languages(name, diet):
    assert judge(name, diet).verdict == "forbidden"


@pytest.mark.parametrize(
    ("name", "diet", "because"),
    [
        ("worcestershire sauce", "vegetarian", "may contain fish"),
        ("pesto", "vegan", "may contain cheese"),
        ("margarine", "vegan", "may contain dairy"),
        ("red wine", "vegan", "may contain fining agent"),
        ("tempranillo", "vegan", "may contain fining agent"),
        ("natural flavouring", "vegetarian", "may contain animal"),
        ("magnesium stearate", "vegetarian", "may contain animal"),
        ("tapenade", "fish-free", "may contain fish"),
        ("moussaka", "vegetarian", "may contain meat"),
        ("cereal flour", "gluten-free", "may contain gluten"),
    ],
)
def test_what_depends_on_the_maker_says_of_what(name, diet, because):
    judgement = judge(name, diet)
    assert judgement.verdict == "unknown"
    assert because in judgement.reason
    assert "depends on the maker" in judgement.reason
