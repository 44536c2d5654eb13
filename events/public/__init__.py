"""What subscribers may know, in the order in which it became public.

Pure; imports `events.diff`, `events.fold` and `events.model`.
"""
