"""What is not always installed."""

from importlib.util import find_spec

from events.errors import InvalidError, Problem


def check_extra(where: str, *, otherwise: str = "") -> None:
    """Raise InvalidError if what reads addresses is not installed; `otherwise` is another thing to do."""
    if find_spec("urllib3") is None:
        message = "to read an address, writethru needs urllib3."
        remedy = f"Install it: pip install 'writethru[intake]'. {otherwise}".rstrip()
        raise InvalidError(Problem(where=where, check="intake", message=message, remedy=remedy))


def mirror_problem() -> Problem | None:
    """Return what is wrong if what puts files into a mirror is not installed."""
    if find_spec("obstore") is None:
        message = "to put the output into a mirror, writethru needs obstore."
        return Problem(where="mirror", check="extra", message=message, remedy="Install it: pip install 'writethru[s3]'")
    return None


def can_serve() -> bool:
    """Return True if what serves is installed."""
    return all(find_spec(module) for module in ("starlette", "uvicorn", "httptools", "sse_starlette"))


def can_serve_desk() -> bool:
    """Return True if what the desk needs beside the server is installed."""
    return all(find_spec(module) for module in ("python_multipart", "webauthn"))


def check_server() -> None:
    """Raise InvalidError if what serves is not installed."""
    if not can_serve():
        message = "to serve, writethru needs starlette, uvicorn and sse-starlette."
        remedy = "Install them: pip install 'writethru[serve]'"
        raise InvalidError(Problem(where="serve", check="extra", message=message, remedy=remedy))
