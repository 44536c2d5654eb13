"""Passkeys: what browsers are asked, and what is made of their answers (w3.org/TR/webauthn-3). Pure but for chance.

Origin and relying party come from the configuration only: headers would let a proxy, or a stranger, choose them.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from events.errors import Problem, RefusedError
from events.model.edtf import microseconds
from feed.people.person import Person

CHALLENGE_TIME: Final = timedelta(minutes=5)
ANSWER_CHARS_MAX: Final = 20_000
"""An answer with a certificate has some 3,000."""
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
"""Browsers leave them out of an origin."""
REQUIRED: Final = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True)
class Account:
    """What passkeys are made for: a person, by a `handle` that says nothing of them, and those that they have."""

    person: Person
    handle: bytes
    passkeys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Passkey:
    """The public half of a passkey, and its owner: `handle` is the owner's name for authenticators."""

    id: bytes
    public_key: bytes
    sign_count: int
    owner: str
    handle: bytes


@dataclass(frozen=True, slots=True)
class Assertion:
    """A passkey has signed a challenge. `sign_count` is what it counts now; some never count."""

    passkey: Passkey
    sign_count: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A browser's answer, of which nothing is checked yet but its shape.

    id: of the passkey
    challenge: what it answers
    handle: whose the passkey is, if it says so
    """

    credential: dict[str, Any]
    id: bytes
    challenge: bytes
    handle: bytes | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the answer in the JSON of a form; RefusedError if it is none, or was given in a frame of others."""
        try:
            credential = json.loads(text[:ANSWER_CHARS_MAX])
            response = credential["response"]
            client_data = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"]))
            handle = response.get("userHandle")
            answer = cls(
                credential,
                base64url_to_bytes(credential["id"]),
                client_data.challenge,
                None if handle is None else base64url_to_bytes(handle),
            )
        except Exception as error:  # whatever a stranger's answer makes of the libraries
            raise _refused("The browser sent no answer of a passkey.") from error
        if client_data.cross_origin:
            raise _refused("A passkey of the desk is not used inside another page.")
        return answer


class Challenges:
    """Makes challenges, and recognizes its own by their signature: nothing is stored for those who only ask.

    Each is for one `purpose`, and good for five minutes.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def new(self, purpose: str, now: datetime) -> bytes:
        """Return a challenge."""
        expires_us = microseconds(now + CHALLENGE_TIME)
        return self._signer(purpose).sign(f"{secrets.token_urlsafe(16)}.{expires_us}".encode())

    def check(self, challenge: bytes, purpose: str, now: datetime) -> None:
        """Raise RefusedError unless we made a challenge, for this purpose, within five minutes."""
        try:
            expires_us = int(self._signer(purpose).unsign(challenge).rpartition(b".")[2])
        except BadSignature:
            raise _refused("This answer is to another question.") from None
        if expires_us <= microseconds(now):
            raise _refused("This page was open for too long.")

    def _signer(self, purpose: str) -> Signer:
        return Signer(self._secret, salt=purpose.encode(), key_derivation="hmac", digest_method=sha256)


class RelyingParty:
    """The desk at `url`, called `name`, to whose host passkeys belong."""

    def __init__(self, url: str, name: str) -> None:
        address = urlsplit(url)
        self.id = address.hostname or ""
        port = "" if address.port in {None, DEFAULT_PORTS[address.scheme]} else f":{address.port}"
        self.origin = f"{address.scheme}://{self.id}{port}"
        self._name = name

    def registration(self, challenge: bytes, account: Account) -> str:
        """Return what a browser is asked to make a passkey, as JSON. It makes none beside another."""
        options = generate_registration_options(
            rp_id=self.id,
            rp_name=self._name,
            user_name=str(account.person.name),
            user_id=account.handle,
            challenge=challenge,
            timeout=int(CHALLENGE_TIME.total_seconds()) * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=id_) for id_ in account.passkeys],
        )
        return options_to_json(options)

    def question(self, challenge: bytes, passkeys: Sequence[bytes] = ()) -> str:
        """Return what a browser is asked to use one of `passkeys`, as JSON; any of this desk if there are none."""
        options = generate_authentication_options(
            rp_id=self.id,
            challenge=challenge,
            timeout=int(CHALLENGE_TIME.total_seconds()) * 1000,
            allow_credentials=[PublicKeyCredentialDescriptor(id=id_) for id_ in passkeys],
            user_verification=REQUIRED,
        )
        return options_to_json(options)

    def registered(self, answer: Answer, account: Account) -> Passkey:
        """Return the passkey that a browser has made; RefusedError if the answer is not sound."""
        try:
            verified = verify_registration_response(
                credential=answer.credential,
                expected_challenge=answer.challenge,
                expected_rp_id=self.id,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except Exception as error:  # whatever a stranger's answer makes of the libraries
            raise _refused("This passkey could not be registered.") from error
        key, count = verified.credential_public_key, verified.sign_count
        return Passkey(verified.credential_id, key, count, str(account.person.name), account.handle)

    def asserted(self, answer: Answer, passkey: Passkey) -> Assertion:
        """Return that a browser has used a passkey; RefusedError if the answer is not sound."""
        try:
            verified = verify_authentication_response(
                credential=answer.credential,
                expected_challenge=answer.challenge,
                expected_rp_id=self.id,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except Exception as error:  # whatever a stranger's answer makes of the libraries
            raise _refused("This passkey does not open the desk.") from error
        if answer.handle not in {None, passkey.handle}:
            raise _refused("This passkey belongs to somebody else.")
        return Assertion(passkey, verified.new_sign_count)


def _refused(message: str) -> RefusedError:
    return RefusedError(Problem(where="", check="passkey", message=message, remedy="Try again."))
