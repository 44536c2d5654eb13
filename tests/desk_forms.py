"""A form of the desk as a browser without script sees it: its fields, and how it is sent."""

from dataclasses import dataclass

from tests.editor import Editor, Screen


@dataclass(frozen=True)
class Sheet:
    """The form number `number` of what a screen is about."""

    editor: Editor
    screen: Screen
    number: int = 0

    @property
    def values(self) -> dict[str, str]:
        """What a browser would send."""
        form = self.screen.main.findall(".//form")[self.number]
        values: dict[str, str] = {}
        for item in form.iter():
            kind, name = item.get("type"), item.get("name", "")
            match item.tag:
                case "textarea":
                    values[name] = (item.text or "").removeprefix("\n")  # as browsers do
                case "input" if kind in {"radio", "checkbox"}:
                    values |= {name: item.get("value", "on")} if item.get("checked") is not None else {}
                case "input":
                    values[name] = item.get("value", "")
                case "select":
                    options = item.findall("option")
                    chosen = [option for option in options if option.get("selected") is not None] or options[:1]
                    values[name] = chosen[0].get("value", "")
        return values

    def send(self, **fields: str) -> Screen:
        """Send it with what an editor typed into these fields."""
        return self.editor.post(self.screen.address, self.values | fields)


def sheet(editor: Editor, path: str, number: int = 0) -> Sheet:
    """Return the form of a screen."""
    return Sheet(editor, editor.get(path), number)
