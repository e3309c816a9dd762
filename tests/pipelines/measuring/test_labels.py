import pytest
from measuring_toys import FOODS, params, table

from pantrypilot.pipelines.measuring.labels import ALLERGENS, LabelError, gather_labels


def gathered(text, **changes):
    labels, rejects = gather_labels(table(text), FOODS, params(**changes))
    return {(row["name"], row["diet"]): row["label"] for row in labels.to_dict("records")}, rejects


def test_yes_no_maybe_and_nothing_are_told_apart():
    found, _ = gathered("name,zorbless\na,yes\nb,no\nc,maybe\nd,\ne,ignore\nf,TRUE")
    assert found == {
        ("a", "zorbless"): "allowed",
        ("b", "zorbless"): "forbidden",
        ("c", "zorbless"): "unknown",
        ("f", "zorbless"): "allowed",
    }


def test_a_diet_may_be_spelt_as_the_judge_understands_it():
    found, _ = gathered("name,gluten_free,Dairy Free\nrye,no,yes")
    assert found == {("rye", "gluten-free"): "forbidden", ("rye", "dairy-free"): "allowed"}


def test_an_allergen_forbids_and_its_absence_says_nothing():
    found, _ = gathered("english_name,allergens\nrye bread,en:gluten|en:sesame-seeds\nprawn,crustaceans\nrice,")
    assert found == {
        ("rye bread", "gluten-free"): "forbidden",
        ("rye bread", "sesame-free"): "forbidden",
        ("prawn", "crustacean-free"): "forbidden",
        ("prawn", "shellfish-free"): "forbidden",
    }


def test_the_fourteen_allergens_of_the_regulation_are_there_and_their_diets_too():
    from pantrypilot.diets import default_judge

    assert len(ALLERGENS) == 14
    assert {diet for diets in ALLERGENS.values() for diet in diets} <= set(default_judge().diets)


def test_what_may_come_from_either_is_right_to_be_unknown():
    found, _ = gathered("name,vegan,vegetarian,can_be_vegan\nglycerin,false,true,true\nlard,false,false,false")
    assert found[("glycerin", "vegan")] == "unknown"
    assert found[("glycerin", "vegetarian")] == "allowed"
    assert found[("lard", "vegan")] == "forbidden"


def test_synonyms_are_judged_when_asked_for():
    text = "name,synonyms,vegan\ncod,codling|scrod,no"
    assert len(gathered(text)[0]) == 1
    assert {name for name, _ in gathered(text, synonyms=True)[0]} == {"cod", "codling", "scrod"}


def test_a_name_counts_once_and_a_contradiction_not_at_all_and_both_are_kept_with_the_reason():
    found, rejects = gathered("name,vegan\ncod,no\nCod,no\nmusk,no\nmusk,maybe\ntofu,yes")
    assert set(found) == {("cod", "vegan"), ("tofu", "vegan")}
    assert list(rejects["reason"]) == ["the same as f.csv:2", "labelled forbidden in f.csv:4"]


def test_the_class_is_read_from_where_a_label_was_inherited():
    labels, _ = gather_labels(
        table("name,vegan,vegan_source\ncod,no,inherited:en:white-fish\negg,no,direct"), FOODS, params()
    )
    assert list(labels["food_class"]) == ["white fish", ""]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("food,vegan\ncod,no", "no column `name`"),
        ("name,colour\ncod,grey", "No column is a diet"),
        ("name,vegan\ncod,nope", "f.csv:2: 'nope' in column 'vegan' is no label"),
        ("name,allergens\ncod,fishes", "f.csv:2: there is no allergen 'fishes'. Did you mean 'fish'"),
        ("name,vegan\ncod,", "No name in the file has a label"),
    ],
)
def test_what_cannot_be_read_names_file_line_and_way_out(text, told):
    with pytest.raises(LabelError) as error:
        gathered(text)
    assert told in str(error.value)
