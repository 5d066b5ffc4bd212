"""The tests of Ayni, a folder for each kind: see CONTRIBUTING.md. As a package, so that tests can share modules."""
