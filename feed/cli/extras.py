"""What is not always installed."""

from importlib.util import find_spec

from events.errors import InvalidError, Problem


def check_extra(where: str, *, otherwise: str = "") -> None:
    """Raise InvalidError if what reads addresses is not installed; `otherwise` is another thing to do."""
    if find_spec("urllib3") is None:
        message = "to read an address, writethru needs urllib3."
        remedy = f"Install it: pip install 'writethru[intake]'. {otherwise}".rstrip()
        raise InvalidError(Problem(where=where, check="intake", message=message, remedy=remedy))
