"""The stages and tasks; each package here is a registered pipeline of its name."""

import warnings

# `generator.v2` is a namespace within a namespace, and `params:` of other tasks are shared: both are meant
warnings.filterwarnings("ignore", message="One or more dataset names contain '.'", category=UserWarning)
