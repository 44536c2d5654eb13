"""Who may enter the desk, and as whom: people, invitations, passkeys and sessions, in `desk.db` beside the ledger.

It imports no web framework. `passkeys` alone imports webauthn and itsdangerous, of the extra `desk`.
"""
