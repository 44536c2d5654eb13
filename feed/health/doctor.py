"""The examination that `writethru doctor` prints: one screen, a line for each thing that publishing needs."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from events.errors import StoreBusyError, WritethruError
from events.ledger import Ledger, ledger_time
from events.model.edtf import EPOCH, MICROSECOND, format_instant
from events.store.base import Reading
from feed.config import LOCAL_BASE_URL
from feed.health import machine
from feed.health.finding import Finding, bad, bad_of, ok, warning
from feed.health.heartbeat import ENVIRONMENT, FILE, UnsetError, heartbeat_url
from feed.health.idle import IS_SUCCESS, LAST_RUN, path_from
from feed.health.metrics import read_samples
from feed.health.waiting import LATE, waiting
from feed.intake.inbox_file import InboxFile, waiting_drafts
from feed.output.tree import Tree
from feed.pages.share_image import check_drawing
from feed.paths import CONFIG_NAME, LEDGER_NAME
from feed.publishing.remembered import Remembered
from feed.publishing.tree_state import shows_published
from feed.site import Site
from feed.transparency.recover import LedgerLog


def examine(folder: Path, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """Yield what there is to say of the newsroom in `folder`, in the order of the screen. Nothing is changed."""
    yield from machine.versions()
    site: Site | None = None
    try:
        site = Site.open(folder, clock=clock)
    except (WritethruError, OSError) as error:
        yield from bad_of("configuration", error)
    else:
        yield from _guarded("configuration", partial(_configuration, site))
    yield from _guarded("lock", partial(machine.lock, folder))
    if (site is None or site.address == folder / LEDGER_NAME) and not (folder / LEDGER_NAME).exists():
        yield bad("store", f"{LEDGER_NAME} is gone.", "Restore a backup: writethru restore FILE")
    elif site is None:
        yield from _store_alone(folder)
    else:
        yield from _guarded("store", partial(_newsroom, site))
    if site is not None:
        yield from _guarded("metrics", partial(_metrics, site))
        yield from _guarded("heartbeat", partial(_heartbeat, site))
    root = None if site is None else site.root
    yield from _guarded("disk", partial(machine.disk, folder, *([] if root is None else [root])))
    yield from _guarded("permissions", partial(machine.permissions, folder, root))
    yield from _guarded("inbox", partial(_inbox, folder))


def _guarded(check: str, findings: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield the findings of one check. An error ends that check, and no other."""
    try:
        yield from findings()
    except (WritethruError, OSError) as error:
        yield from bad_of(check, error)


def _configuration(site: Site) -> Iterator[Finding]:
    if site.config.output.share_images:
        check_drawing()
    if site.config.site.base_url == LOCAL_BASE_URL:
        message = f"{CONFIG_NAME} is valid, but the site's address is still local ({LOCAL_BASE_URL})."
        yield warning("configuration", message, "Set site.base_url before anybody subscribes.")
    else:
        yield ok("configuration", f"{CONFIG_NAME} is valid: {site.config.site.base_url}")


def _store_alone(folder: Path) -> Iterator[Finding]:
    """Yield what can be said of the store without a configuration."""
    try:
        with Ledger.open(folder) as ledger:
            yield ok("store", f"{LEDGER_NAME} opens, position {ledger.head():,}")
    except (WritethruError, OSError) as error:
        yield from bad_of("store", error)


def _newsroom(site: Site) -> Iterator[Finding]:
    with site.ledger() as ledger:
        yield from _guarded("store", partial(_store, ledger))
        with ledger.store.reading() as reading:
            now = ledger.clock()
            yield from _guarded("publication", partial(_publication, reading))
            yield from _guarded("waiting", partial(_waiting, reading, site, now))
            yield from _guarded("next", partial(_next, reading, now))
            yield from _guarded("clock", partial(_clock, reading, site, now))
            yield from _guarded("key", partial(_key, reading, site))
            yield from _guarded("output", partial(_output, reading, site))
            yield from _guarded("hub", partial(_hub, reading, site, now))
            yield from _guarded("mirror", partial(_mirror, reading, site))


def _store(ledger: Ledger) -> Iterator[Finding]:
    name = LEDGER_NAME if ledger.store.file else ledger.store.name
    message = f"{name} opens: position {ledger.head():,}, {ledger.store.size() / machine.MIB:,.1f} MB"
    try:
        with ledger.store.writing(wait=False, commit=False):
            pass
    except StoreBusyError:
        message = f"{name} opens, but another process is writing to it."
        see = f"fuser -v {quote(str(ledger.store.file))}" if ledger.store.file else "SELECT * FROM pg_stat_activity"
        yield warning("store", message, f"If it never ends, see which it is: {see}")
    else:
        yield ok("store", f"{message}. To check every byte: writethru verify")


def _publication(reading: Reading) -> Iterator[Finding]:
    published_until = ledger_time(reading).published_until
    if published_until is None:
        yield warning("publication", "nothing has been published yet.", "Publish: writethru publish")
    else:
        yield ok("publication", f"the last one was at {format_instant(published_until)}")


def _waiting(reading: Reading, site: Site, now: datetime) -> Iterator[Finding]:
    state = waiting(reading, site.config.site.base_url, now)
    if state.failed:
        names = ", ".join(state.failed[:5]) + (", …" if len(state.failed) > 5 else "")
        message = f"not published, because an error stopped them: {names}."
        yield bad("waiting", message, f"See why: writethru publish; writethru show {state.failed[0]}")
    elif not state.is_late(now) or state.since is None:
        yield ok("waiting", f"events not published: {state.events}")
    elif machine.is_locked(site.folder):
        message = f"something has waited since {format_instant(state.since)}, and a publication is running."
        yield warning("waiting", message, "If it never ends, end it: see lock.")
    else:
        message = f"something has waited for publication since {format_instant(state.since)}."
        yield bad("waiting", message, "Is cron running? See what stops it: writethru publish; crontab -l")


def _next(reading: Reading, now: datetime) -> Iterator[Finding]:
    next_at = ledger_time(reading).next_at
    if next_at is None:
        yield ok("next", "time alone changes nothing")
    elif next_at <= now:
        yield ok("next", f"something became due at {format_instant(next_at)}: the next publication shows it")
    else:
        yield ok("next", f"time alone changes something at {format_instant(next_at)}")


def _clock(reading: Reading, site: Site, now: datetime) -> Iterator[Finding]:
    time = ledger_time(reading)
    time.check_explained(now, site.max_jump)
    problems = time.ahead_problems(now)
    for problem in problems:
        yield bad("clock", problem.message, problem.remedy)
    if not problems:
        yield ok("clock", format_instant(now))


def _key(reading: Reading, site: Site) -> Iterator[Finding]:
    signer = site.signer()
    origin = site.config.log_origin if signer is None else signer.key.name
    LedgerLog.read(reading, origin, signer).check(site.root, may_be_behind=site.has_other_hosts)
    if signer is not None:
        yield ok("key", f"signs the public log {origin}")
    elif reading.log_keys():
        message = f"the public log was signed, and {CONFIG_NAME} names no key."
        yield bad("key", message, "Set `key` in [log] to the file of the key. See: writethru keygen --help")
    else:
        yield ok("key", "none is configured: the public log is not signed")


def _output(reading: Reading, site: Site) -> Iterator[Finding]:
    remedy = "The next publication makes it again: writethru publish"
    checkpoint = Remembered(reading, site.config.site.base_url, sound_only=True).checkpoint()
    if not site.root.is_dir():
        published = ledger_time(reading).published_until is not None
        message = f"{site.root} does not exist."
        yield bad("output", message, remedy) if published else warning("output", message, remedy)
    elif checkpoint is not None and not shows_published(reading, checkpoint, Tree(site.root).token):
        yield bad("output", f"{site.root} is not what this ledger published last.", remedy)
    else:
        yield ok("output", str(site.root))


def _hub(reading: Reading, site: Site, now: datetime) -> Iterator[Finding]:
    if site.config.site.hub is None:
        yield ok("hub", "none is configured")
        return
    host = urlsplit(site.config.site.hub).hostname
    queue = Remembered(reading, site.config.site.base_url, sound_only=True).hub_queue()
    if queue is None or not queue.feeds:
        yield ok("hub", f"{host} was told of each change")
        return
    count = f"{len(queue.feeds):,} {'feed' if len(queue.feeds) == 1 else 'feeds'} that changed"
    queued_at = EPOCH + min(queue.feeds.values()) * MICROSECOND
    if queue.failures:
        times = f"{queue.failures} times in a row" if queue.failures > 1 else "last time"
        remedy = "Is it running, and is site.hub its address? Runs of publish try it again by themselves."
        yield warning("hub", f"{host} did not answer {times}: it is to be told of {count}.", remedy)
    elif now - queued_at > LATE:
        remedy = "See why: writethru publish. Is cron running? See: crontab -l"
        yield warning("hub", f"{host} is to be told of {count}, since {format_instant(queued_at)}.", remedy)
    else:
        yield ok("hub", f"{host} is being told of {count}")


def _mirror(reading: Reading, site: Site) -> Iterator[Finding]:
    url = site.config.mirror.url
    if url is None:
        yield ok("mirror", "none is configured")
        return
    if find_spec("obstore") is None:
        yield bad("mirror", "obstore is not installed.", "Install it: pip install 'writethru[s3]'")
        return
    queue = Remembered(reading, site.config.site.base_url, sound_only=True).mirror_queue()
    if queue is None:
        yield warning("mirror", f"{url} has got nothing yet.", "Publish: writethru publish")
        return
    count = f"{len(queue.files):,} {'file waits' if len(queue.files) == 1 else 'files wait'} for it"
    waits = count if queue.compare_us is None else "not all files were compared yet"
    if queue.failures:
        times = f"{queue.failures} times in a row" if queue.failures > 1 else "last time"
        remedy = "Runs of publish try it again by themselves. To try it now: writethru mirror"
        yield warning("mirror", f"{url} did not take everything {times}: {waits}.", remedy)
    elif not queue.is_empty:
        yield ok("mirror", f"{url} is being filled: {waits}")
    elif queue.conditions == "none" and site.config.ledger.url is not None:
        message = f"{url} has got each change, but its server ignores conditions: a late host may replace newer files."
        yield warning("mirror", message, "Let only one host publish.")
    else:
        yield ok("mirror", f"{url} has got each change. To compare: writethru mirror --verify")


def _metrics(site: Site) -> Iterator[Finding]:
    if site.config.metrics.file is None:
        yield ok("metrics", "none are configured")
        return
    path, now = path_from(str(site.folder), site.config.metrics.file), site.clock().timestamp()
    samples = read_samples(path)
    last = samples.get(LAST_RUN)
    if last is None:
        yield bad(
            "metrics", f"{path} has no metrics of writethru's.", "Publish, and read its warning: writethru publish"
        )
    elif now - last > LATE.total_seconds():
        message = f"publish last ran {(now - last) / 60:,.0f} minutes ago."
        yield bad("metrics", message, "Is cron running? See what stops it: writethru publish; crontab -l")
    elif not samples.get(IS_SUCCESS):
        yield bad("metrics", "the last run of publish failed.", "See why: writethru publish")
    else:
        yield ok("metrics", f"{path}: the last run succeeded")


def _heartbeat(site: Site) -> Iterator[Finding]:
    source, folder = site.config.heartbeat.url, str(site.folder)
    if source is None:
        yield ok("heartbeat", "none is configured")
        return
    try:
        url = heartbeat_url(folder, source)
    except UnsetError as error:
        yield warning("heartbeat", f"{error} here.", "Is it in the crontab? See: crontab -l")
        return
    except ValueError as error:
        yield bad("heartbeat", f"{error}.", "Write its address there: see [heartbeat] in writethru.toml.")
        return
    path = path_from(folder, source.removeprefix(FILE))
    if source.startswith(FILE) and Path(path).stat().st_mode & machine.OTHERS:
        yield warning(
            "heartbeat", f"others can read its address in {path}.", f"Let only its owner: chmod 600 {quote(str(path))}"
        )
    elif not source.startswith((FILE, ENVIRONMENT)) and (url.path.strip("/") or url.query):
        message = f"its address, a secret, is in {CONFIG_NAME}, and so in each copy of it and of the ledger."
        yield warning("heartbeat", message, 'Move it to a file of its own: url = "file:PATH"')
    else:
        yield ok("heartbeat", f"signals go to {url.hostname}")


def _inbox(folder: Path) -> Iterator[Finding]:
    try:
        count = waiting_drafts(folder)
    except StoreBusyError as error:
        file = quote(str(folder / InboxFile.FILE))
        yield warning("inbox", error.what, f"If it never ends, see which it is: fuser -v {file}")
        return
    if count:
        yield warning("inbox", f"drafts that wait for a decision: {count}.", "Decide: writethru inbox")
    else:
        yield ok("inbox", "nothing waits for a decision")
