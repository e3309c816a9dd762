"""What labels call by its chemistry: in doubt for those whom the doubt concerns, and for nobody else."""

import pytest

from pantrypilot.diets import judge


@pytest.mark.parametrize(
    ("name", "unsure", "allowed"),
    [
        ("stearic acid", ["vegan", "vegetarian", "halal"], ["gluten-free", "dairy-free", "fish-free"]),
        ("E471", ["vegan", "pescatarian"], ["gluten-free", "egg-free"]),
        ("omega-3", ["vegan", "fish-free"], ["pescatarian", "dairy-free"]),
        ("glucosamine", ["vegetarian", "crustacean-free"], ["pescatarian", "gluten-free"]),
        ("lecithin", ["vegan", "soy-free"], ["vegetarian", "dairy-free"]),
        ("vitamin D3", ["vegan", "fish-free"], ["gluten-free", "dairy-free"]),
        ("hydrolyzed protein", ["vegan", "gluten-free", "dairy-free", "soy-free"], ["celery-free"]),
        ("seasoning", ["vegan", "gluten-free", "celery-free", "mustard-free"], ["lupin-free"]),
    ],
)
def test_an_additive_is_in_doubt_only_for_what_it_may_be_made_of(name, unsure, allowed):
    assert {diet: judge(name, diet).verdict for diet in unsure} == dict.fromkeys(unsure, "unknown")
    assert {diet: judge(name, diet).verdict for diet in allowed} == dict.fromkeys(allowed, "allowed")


def test_what_may_be_any_meat_is_in_no_doubt_for_the_crumbs_of_breaded_meat():
    assert judge("breast", "gluten-free").verdict == "allowed"
    assert judge("breast", "halal").verdict == "unknown"


@pytest.mark.parametrize("name", ["acid", "zorglic acid", "cholic acid", "aleuritic acid"])
def test_an_acid_that_nobody_named_is_never_safe(name):
    assert judge(name, "vegan").verdict != "allowed"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("vegetable glycerine", "allowed"),
        ("soy glycerin", "allowed"),
        ("glycerine", "unknown"),
        ("calcium stearate", "unknown"),
        ("sodium zorglate", "unknown"),
        ("Lactobacillus delbrueckii subsp. bulgaricus", "allowed"),
        ("E1105", "forbidden"),
    ],
)
def test_what_it_was_made_of_is_believed(name, verdict):
    assert judge(name, "vegan").verdict == verdict
