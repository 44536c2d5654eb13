"""What was reported: immutable events, folded into what is known now."""
