"""`python -m ayni` is the `ayni` command."""

from ayni.cli.main import run

run()
