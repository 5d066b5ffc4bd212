"""The command line: one module a command group, found by `main` only when its command is called."""
