"""Events in files: read from JSON Lines, YAML and Markdown, exported and restored. Pure; imports `events.model`."""
