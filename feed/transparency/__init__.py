"""The public log of everything that was published: leaves, tree, checkpoints, keys, and the check for outsiders.

Imports `events`, `feed.entries` and `feed.output`. `verify` imports nothing of writethru, so that it runs alone.
"""
