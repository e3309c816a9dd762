"""Everything that touches mlx. Importing this package prepares the machine for it, once, before mlx is loaded."""

from pantrypilot.modelling.backend import prepare

prepare()
