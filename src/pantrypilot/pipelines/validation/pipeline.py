"""Validation of the generator's recipes.

judge_ingredients(recipes, diet_knowledge) -> ingredient_verdicts
label_recipes(recipes, ingredient_verdicts, params:validation) -> labelled_recipes, recipe_diet_rejects
analyse_distribution(labelled_recipes, params:validation) -> distribution, distribution_plot
"""

from kedro.pipeline import Node, Pipeline

from pantrypilot.pipelines.validation.distribution import analyse_distribution
from pantrypilot.pipelines.validation.ingredients import judge_ingredients
from pantrypilot.pipelines.validation.labels import label_recipes


def create_pipeline(**kwargs) -> Pipeline:
    return Pipeline(
        [
            Node(
                judge_ingredients,
                inputs=["recipes", "diet_knowledge"],
                outputs="ingredient_verdicts",
                name="judge_ingredients",
            ),
            Node(
                label_recipes,
                inputs=["recipes", "ingredient_verdicts", "params:validation"],
                outputs=["labelled_recipes", "recipe_diet_rejects"],
                name="label_recipes",
            ),
            Node(
                analyse_distribution,
                inputs=["labelled_recipes", "params:validation"],
                outputs=["distribution", "distribution_plot"],
                name="analyse_distribution",
            ),
        ],
        namespace="generator",
        tags=["validation"],
    )
