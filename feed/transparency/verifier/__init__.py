"""Checks a public log of writethru from its published files alone, as an outsider can.

These modules import nothing else of writethru. Copy the folder `verifier`, and run it with Python 3.11 or later, from
the folder that it is in:

    python3 -m verifier https://news.example/ --key KEY --since CHECKPOINT

It reads the whole log (c2sp.org/tlog-tiles), and checks that the log's key signs the checkpoint, that the log has only
grown since a remembered checkpoint, that each line of each story's updates.jsonl is in the log and none is missing,
that each body is the one that was published, and that the feeds' checkpoints and the list of stories agree with the
log. The format and the check are specified in feed/transparency/README.md.

Signatures need the package `cryptography`. Exit codes: 0 verified, 1 problems found, 2 usage, 8 some texts cannot be
checked.

`check` has the order of the checks. `merkle`, `tiles` and `keys` are also what writethru publishes with.
"""
