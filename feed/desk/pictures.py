"""The picture that a form brings: read with a limit, drawn again in a process of its own, and then named in the form.

So a form that comes back, because something stands against it, has the picture still. A browser forgets a chosen file.
"""

import resource
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

import anyio
import orjson
from anyio import to_process
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from events.errors import InvalidError
from feed.desk.forms import FIELDS_MAX, FORM_BYTES_MAX, Form, refuse, sent_fields, sent_form, text_of
from feed.newsroom import Newsroom
from feed.pictures import BYTES_MAX, Encoded, encode

ENCODING_S: Final = 30.0
MEMORY_MAX: Final = 1024**3
"""Twice what the largest picture takes."""
PICTURE, ALT, CREDIT = "picture", "alt", "credit"


async def sent_with_picture(request: Request) -> Form:
    """Return a form as it was sent. A picture in it is stored, and added to its media; if it is not taken, why."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return sent_form({name: text for name, text in (await sent_fields(request)).items() if name != PICTURE})
    fields, data = await _parts(request)
    form = sent_form(fields)
    try:
        line = await _stored(request.app.state.newsroom, fields, data)
    except InvalidError as error:
        return replace(form, problems=error.problems)
    if line is None:
        return form
    media = "\n".join(part for part in (fields.get("media", ""), line) if part)
    return replace(form, values={**fields, "media": media, ALT: "", CREDIT: ""})


def encode_within(memory: int, data: bytes) -> tuple[Encoded, ...]:
    """Return a picture as it is stored, in a process of its own that may have so many bytes of `memory`."""
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    return encode(data)


async def _stored(newsroom: Newsroom, fields: Mapping[str, str], data: bytes) -> str | None:
    """Return the picture of a form as the JSON of a medium, stored; None if it brings none."""
    alt, credit = fields.get(ALT, ""), fields.get(CREDIT, "") or None
    if not data:
        if alt or credit:
            raise refuse(PICTURE, "there is no picture that this is about.", "Choose it, or empty its fields.")
        return None
    if not alt:
        raise refuse(
            ALT, "a picture needs words for those who do not see it.", "Say what it shows, and choose it again."
        )
    remedy = "Save it again, or make it smaller."
    try:
        with anyio.fail_after(ENCODING_S):
            encoded = await to_process.run_sync(encode_within, MEMORY_MAX, data, cancellable=True)
    except TimeoutError:
        raise refuse(PICTURE, "this picture takes too long to read.", remedy) from None
    except anyio.BrokenWorkerProcess:  # the system ended it
        raise refuse(PICTURE, "this picture could not be read: the program that reads it ended.", remedy) from None
    media = await anyio.to_thread.run_sync(lambda: newsroom.store_picture(encoded, alt=alt, credit=credit))
    return orjson.dumps(media.model_dump(mode="json", exclude_defaults=True)).decode()


async def _parts(request: Request) -> tuple[dict[str, str], bytes]:
    """Return the texts of a form, and the bytes of its picture."""
    parser = MultiPartParser(
        request.headers, _limited(request), max_files=1, max_fields=FIELDS_MAX, max_part_size=FORM_BYTES_MAX
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, "This is no form of the desk") from error
    fields, data = {}, b""
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields[name] = text_of(value)
        elif name == PICTURE:
            data = await value.read()
    await form.close()
    return fields, data


async def _limited(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BYTES_MAX + FORM_BYTES_MAX:
            raise HTTPException(413, f"A picture has at most {BYTES_MAX:,} bytes, so nothing was recorded")
        yield chunk
