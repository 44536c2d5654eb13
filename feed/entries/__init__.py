"""The public sequence → entries with titles, summaries and bodies. Pure; imports `events` alone."""
