"""A passkey in software: it answers as a browser's authenticator does (w3.org/TR/webauthn-3), or as a forger would."""

import json
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One passkey, at `origin`. Attributes may be changed to forge answers."""

    def __init__(self, origin: str, id_: bytes = b"passkey-1") -> None:
        self.origin, self.id = origin, id_
        self.flags = PRESENT | VERIFIED
        self.count = 0
        self.handle: bytes | None = None
        self.client_data: dict[str, Any] = {}
        self.key = ec.generate_private_key(ec.SECP256R1())

    def register(self, options: str) -> str:
        """Return the answer to what makes a passkey."""
        asked = json.loads(options)
        self.handle = base64url_to_bytes(asked["user"]["id"])
        point = self.key.public_key().public_numbers()
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + key
        data = self._data(asked["rp"]["id"], self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", asked["challenge"])
        return self._answer({"clientDataJSON": client_data, "attestationObject": attestation})

    def sign(self, options: str) -> str:
        """Return the answer to what uses a passkey."""
        asked = json.loads(options)
        data = self._data(asked["rpId"], self.flags)
        client_data = self._client_data("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        answer = {"clientDataJSON": client_data, "authenticatorData": data, "signature": signature}
        return self._answer(answer | ({"userHandle": self.handle} if self.handle else {}))

    def _data(self, host: str, flags: int) -> bytes:
        return sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(data | self.client_data).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        id_ = bytes_to_base64url(self.id)
        texts = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": id_, "rawId": id_, "type": "public-key", "response": texts})
