"""A newsroom on the disk: its folder, configuration, templates and ledger. `feed.site` publishes it.

Commands that only read or record import this module alone: `feed.site` would take them 0.15 s longer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from events.errors import Problem, StoreError, WritethruError
from events.ledger import Ledger
from events.media import FOLDER_NAME, MediaFolder, pictures_of_newsroom
from events.model.parts import Media
from events.store import open_store
from events.store.base import Address, Store
from events.system import utc_now
from feed.cache import Cache
from feed.checkpoint import settings_text
from feed.config import Config, parse_config
from feed.paths import CONFIG_NAME, LEDGER_NAME, read_settings

if TYPE_CHECKING:
    from feed.pictures import Encoded


@dataclass(eq=False)
class Newsroom:
    """A newsroom in its `folder`. InvalidError if `config_text` is wrong.

    `templates` are the texts of its own templates, by file name. `clock` returns the current time. `clock_is_right` if
    it is right however far it is after what the ledger knows of (events/README.md#the-clock).
    """

    folder: Path
    config_text: str
    _: KW_ONLY
    templates: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
    clock_is_right: bool = False
    config: Config = field(init=False)

    def __post_init__(self) -> None:
        """Parse the configuration."""
        self.config = parse_config(self.config_text, where=CONFIG_NAME, templates=self.templates)

    @classmethod
    def open(cls, folder: Path | str, *, clock: Callable[[], datetime] = utc_now, clock_is_right: bool = False) -> Self:
        """Return the newsroom in `folder`. StoreError if there is none, InvalidError if its configuration is wrong."""
        path = Path(folder)
        try:
            text, templates = read_settings(str(path))
        except (FileNotFoundError, NotADirectoryError):
            raise StoreError(str(path), "there is no newsroom here.", remedy="Make one: writethru init") from None
        except UnicodeDecodeError:
            raise StoreError(str(path / CONFIG_NAME), "the configuration or a template is not UTF-8.") from None
        return cls(path, text, templates=templates, clock=clock, clock_is_right=clock_is_right)

    @property
    def settings(self) -> str:
        """The text of configuration and templates, as the publish checkpoint keeps it."""
        return settings_text(self.config_text, dict(self.templates))

    @property
    def root(self) -> Path:
        """The output's folder."""
        return self.folder / self.config.output.folder

    @property
    def max_jump(self) -> timedelta | None:
        """How far the clock may be after all that the ledger knows of; None allows any jump."""
        return None if self.clock_is_right else timedelta(days=self.config.publishing.max_jump)

    def ledger(self) -> Ledger:
        """Open the newsroom's ledger."""
        return self.ledger_in(self.store())

    def ledger_in(self, store: Store) -> Ledger:
        """Return the newsroom's ledger in a store that is open."""
        actor = self.config.recording.actor
        ledger = Ledger(store, actor=actor, clock=self.clock, max_jump=self.max_jump, media=self.media)
        ledger.on_erase = self.cache.clear
        return ledger

    @property
    def media(self) -> MediaFolder:
        """The newsroom's pictures."""
        return pictures_of_newsroom(self.folder)

    @property
    def cache(self) -> Cache:
        """What publishing has cached beside the ledger."""
        return Cache(self.folder, self.root)

    def add_picture(self, data: bytes, *, alt: str, credit: str | None = None, name: str = "picture") -> Media:
        """Check a picture, store it in all its sizes, without what its file says beside it, and return it for a report.

        InvalidError, about `name`, if it is none that is taken (feed/README.md#pictures). One that no event names is
        removed by `Ledger.remove_pictures`.
        """
        from feed.pictures import encode  # noqa: PLC0415 - Pillow, an extra

        return self.store_picture(encode(data, name=name), alt=alt, credit=credit, name=name)

    def store_picture(
        self, encoded: "Sequence[Encoded]", *, alt: str, credit: str | None = None, name: str = "picture"
    ) -> Media:
        """Store the sizes of a picture, the full one first, and return it for a report."""
        from feed.pictures import as_media  # noqa: PLC0415 - not for a report without a picture

        if self.config.output.folder.partition("/")[0] == FOLDER_NAME:
            message = f"the output is in {FOLDER_NAME}/, where pictures belong that are not public."
            problem = Problem(where="output.folder", check="media", message=message, remedy="Give it another folder.")
            raise WritethruError(problem)
        media = as_media(encoded, alt=alt, credit=credit, name=name)
        for item in reversed(encoded):
            self.media.add(item.data, item.name)
        return media

    def store(self, *, create: bool = False) -> Store:
        """Open the store of the newsroom's ledger, which `create` makes if it does not exist."""
        return open_store(self.address, create=create)

    @property
    def has_other_hosts(self) -> bool:
        """Whether other hosts may publish the same ledger."""
        return self.config.ledger.url is not None

    @property
    def address_name(self) -> str:
        """What messages call the ledger."""
        return LEDGER_NAME if self.config.ledger.url is None else self.config.ledger.url

    @property
    def address(self) -> Address | Path:
        """Where the newsroom's ledger is."""
        url, schema = self.config.ledger.url, self.config.ledger.schema_name
        return self.folder / LEDGER_NAME if url is None else Address(url, schema)
