"""Whether a newsroom is alive (feed/README.md#alive).

`doctor` examines this machine, with `machine` and `waiting`, in lines of `finding`. `live` compares what a web server
sends with the ledger, by `web` and `answers`. `reporting` publishes and reports how that went: to the `heartbeat` and
into `metrics`; `idle` does so where there was nothing to publish. `hub` lets a WebSub hub know, by `hub_call`. `client`
makes their requests.
"""
