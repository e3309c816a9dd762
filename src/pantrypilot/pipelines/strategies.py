"""The data strategies that are trained and compared; each has its settings in `generator.augmentation.strategies`."""

STRATEGIES = ("v2", "v3")
