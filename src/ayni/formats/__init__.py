"""Pure codecs: bytes or dicts in, frozen dataclasses out, and back. No database, no clock, no network."""
