"""SHELL: where events are kept."""
