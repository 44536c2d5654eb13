"""The three uses of a passkey: a link registers one, one signs in, and one confirms that its owner still sits there."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from events.errors import Problem, RefusedError
from feed.people.passkeys import Answer, Assertion, Challenges, RelyingParty
from feed.people.people import People
from feed.people.people_file import hash_of
from feed.people.person import Person
from feed.people.sessions import Session, Sessions

CONFIRMED_TIME: Final = timedelta(minutes=5)
_SIGN_IN: Final = "sign in"


class Question(NamedTuple):
    """What a browser is asked, as JSON, for whom."""

    person: Person | None
    options: str


class Ceremonies:
    """What people do with passkeys at the desk `party`, at `now`."""

    def __init__(self, people: People, party: RelyingParty, now: datetime) -> None:
        self._people, self._party, self._now = people, party, now
        self._sessions = Sessions(people)
        self._challenges = Challenges(self._sessions.secret())

    def ask_to_register(self, link: str) -> Question:
        """Return what makes a passkey for whom a link is; RefusedError if the link is no longer good."""
        account = self._sessions.account(self._people.invited(link, self._now))
        challenge = self._challenges.new(_registering(link), self._now)
        return Question(account.person, self._party.registration(challenge, account))

    def register(self, link: str, text: str) -> str:
        """Register the passkey that a browser made, and return the token of a session."""
        account = self._sessions.account(self._people.invited(link, self._now))
        answer = self._answer(text, _registering(link))
        passkey = self._party.registered(answer, account)
        return self._sessions.register(link, passkey, answer.challenge, self._now)

    def ask_to_sign_in(self) -> Question:
        """Return what any passkey of the desk answers."""
        return Question(None, self._party.question(self._challenges.new(_SIGN_IN, self._now)))

    def sign_in(self, text: str, *, instead_of: str) -> str:
        """Return the token of a session of whom a passkey belongs to. The session `instead_of` ends."""
        answer = self._answer(text, _SIGN_IN)
        return self._sessions.sign_in(self._assertion(answer), answer.challenge, self._now, instead_of=instead_of)

    def ask_to_confirm(self, session: Session) -> Question:
        """Return what a passkey of the person signed in answers."""
        account = self._sessions.account(session.person)
        challenge = self._challenges.new(_confirming(session), self._now)
        return Question(session.person, self._party.question(challenge, account.passkeys))

    def confirm(self, session: Session, text: str) -> None:
        """Note that the person signed in has just used a passkey."""
        answer = self._answer(text, _confirming(session))
        self._sessions.confirm(session, self._assertion(answer), answer.challenge, self._now)

    def _answer(self, text: str, purpose: str) -> Answer:
        answer = Answer.parse(text)
        self._challenges.check(answer.challenge, purpose, self._now)
        return answer

    def _assertion(self, answer: Answer) -> Assertion:
        passkey = self._sessions.passkey(answer.id)
        if passkey is None:
            message, remedy = "This passkey does not open the desk.", "Use another one, or ask for a new link."
            raise RefusedError(Problem(where="", check="passkey", message=message, remedy=remedy))
        return self._party.asserted(answer, passkey)


def is_confirmed(session: Session, now: datetime) -> bool:
    """Return True if the person signed in has used a passkey within five minutes."""
    return now - session.confirmed_at < CONFIRMED_TIME


def _registering(link: str) -> str:
    return f"register {hash_of(link).hex()}"


def _confirming(session: Session) -> str:
    return f"confirm {session.hash.hex()}"
