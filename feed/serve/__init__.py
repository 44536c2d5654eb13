"""`writethru serve`: the published files from memory, over HTTP, and what says how the newsroom does (docs/serve.md).

This package alone imports starlette, uvicorn and sse-starlette, and only the command `serve` imports it.
"""
