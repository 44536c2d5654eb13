"""The output tree: writing its files, reading them as a stranger would, and checking them.

Imports `events` and `feed.syndication`, which has the model of JSON Feed.
"""
