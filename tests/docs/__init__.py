"""Tests of what is read rather than run: pages, papers, layout and sizes."""
