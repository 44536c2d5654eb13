"""The public log of all that was published: leaves, tree, checkpoints, keys, and how others check it."""
