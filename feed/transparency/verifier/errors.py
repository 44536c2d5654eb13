"""What is wrong with a log."""


class LogError(Exception):
    """Something in the log is wrong: at `where`, `message`."""

    def __init__(self, where: str, message: str) -> None:
        self.where, self.message = printable(where), printable(message)
        super().__init__(f"{self.where}: {self.message}")


class MissingError(LogError):
    """A file does not exist, or cannot be read."""


class StoppedError(Exception):
    """The check was stopped before its end, which `problem` explains."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.problem = LogError(where, message)


def quantity(number: float, noun: str, plural: str = "") -> str:
    """Return such as `1 leaf` or `2 leaves`."""
    digits = str(number).removesuffix(".0")
    return f"{digits} {noun}" if number == 1 else f"{digits} {plural or f'{noun}s'}"


def leaf_count(number: int) -> str:
    """Return `1 leaf` or `2 leaves`."""
    return quantity(number, "leaf", "leaves")


def printable(text: str) -> str:
    """Return `text` with every character escaped that could control a terminal, or be invisible."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
