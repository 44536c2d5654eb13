"""Importers: what other programs have published becomes events, as a person would record it (docs/importers.md).

`timeline`, `statuspage`, `cstate` and `feeds` each read one kind of file into `model.ForeignStory`; `recording` makes
events of that. No publication imports any of it.
"""
