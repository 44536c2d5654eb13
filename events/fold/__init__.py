"""Events → what is known: stories, developments, facts, expectations, and how two states differ. Pure.

Imports `events.model`, and `events.wording` until differences lose their words.
"""
