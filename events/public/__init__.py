"""What subscribers may know, in the order in which it became public. Pure; imports `events.fold` and `events.model`."""
