"""The short form of a speaker: `NAME, ROLE (ORG)`, with `-` for one who is not named (feed/README.md#short-forms)."""


def parse_speaker(text: str) -> dict[str, object]:
    """Return the fields of the speaker that `text` describes.

    "Jen Psaki, spokeswoman (US State Department)" has all three; "-, senior official (US State Department)" is
    not named; "Harbour master (Port Authority)" has a name and an org. ValueError says what is missing.
    """
    rest, org = _without_org(text.strip())
    name, _, role = rest.partition(",")
    parts = {"name": name.strip(), "role": role.strip(), "org": org.strip()}
    fields: dict[str, object] = {field: part for field, part in parts.items() if part}
    if fields.get("name") == "-":
        del fields["name"]
        fields["named"] = False
        if not fields.keys() & {"role", "org"}:
            raise ValueError("a speaker who is not named needs a role or an org: -, senior official (Ministry)")
    elif "name" not in fields and fields:
        raise ValueError(f'{text!r} has no name; write "-" for a speaker who is not named')
    return fields


def _without_org(text: str) -> tuple[str, str]:
    """Split off the org in the last brackets. Without a regex: one for it takes cubic time on many spaces."""
    head, bracket, org = text[:-1].rpartition("(")
    if text.endswith(")") and bracket and org and ")" not in org:
        return head, org
    return text, ""
