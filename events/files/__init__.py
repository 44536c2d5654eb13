"""Events in files: JSON Lines and YAML in, JSON Lines out, and exports read back. Pure; imports `events.model`."""
