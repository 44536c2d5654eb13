"""Reading: what an article says, and what of a report it proves, each with the sentence that proves it.

`article` finds the text in a web page, `quotes`, `dates`, `numbers` and `credits` each look for one kind of proof,
`reading` joins them, `reprints` recognizes another printing of a text. Nothing is guessed, and nothing is recorded.
"""
