"""`/desk/` of `writethru serve`: editors record, correct and publish in a browser (feed/README.md#desk).

app       the application: its routes, and what every answer carries
gate      who may enter: puts a Person into `request.state.person`, or refuses
person    Person, Role, and `require(request, Role.EDITOR)`
peers     which user of this machine runs what called
refusals  the page that says why a request is refused, and the log
confirmation  asks for the passkey again before what cannot be undone
compose   the form of a report: from its texts to the event, and back to what an editor checks
difference  what readers will see otherwise once an event is recorded
forms     what a browser sent, and what a screen shows again when nothing could be recorded
pictures  the picture that a form brings
header    what a story says of itself, as editors type it
line      one line as editors type it (pure)
lazy      LazyDesk, which `serve` mounts: it imports all of this at the first request
ledgers   LedgerThread: the one thread that works with the ledger
parts     speakers, sources and claims as an editor types them, and back
recording `record_form`: once, and not over what has changed since its editor looked
outbox    what is recorded and is to be published
remedies  what to do, in the words of the desk (pure)
rendering `page(request, "board.html.jinja", …)`: the templates and their filters
story_view  what the page of a story shows
screens/  a module for each screen: `ROUTES`, handlers, and what its template shows
templates/  a template for each screen; `base` is around all, `macros` has what several share
assets/   desk.css (its colours are those of the public pages) and desk.js

It needs the extra `desk`. It may import all of `feed` but the command line, and only the command `serve` imports it.
"""
