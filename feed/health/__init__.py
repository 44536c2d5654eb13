"""Whether a newsroom is alive: `doctor` looks at this machine. feed/README.md#alive."""
