"""Ayni: rules, rosters and registers for collective social protection.

`ayni.load_pack("cr")` gives the rules of a country; its `evaluate` runs them on a table. Importing this module imports
neither an engine nor a table library: those come when they are first needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "load_pack"]

if TYPE_CHECKING:
    from ayni.packs.loader import load_pack


def __getattr__(name: str) -> Any:
    """Find `load_pack` on first use, so that `import ayni` stays cheap."""
    if name == "load_pack":
        from ayni.packs.loader import load_pack

        return load_pack
    raise AttributeError(f"module 'ayni' has no attribute {name!r}")
