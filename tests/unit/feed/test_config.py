"""The configuration: every setting has a default, and every problem is reported with its line."""

import tomllib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from events.errors import InvalidError
from feed.config import INTERNAL, LOCAL_BASE_URL, OWN_NAMES, PUBLISHED, ConfigFile, new_config, parse_config
from feed.intake.inbox_file import InboxFile
from feed.paths import CONFIG_NAME, LEDGER_NAME, METRICS_LOCK_NAME
from feed.people.people_file import PeopleFile
from feed.sync.key_file import KEY_FILE_NAME
from feed.sync.sheet_map import MAP_NAME
from feed.syndication.feeds import site_feed
from tests.builders import NEWSROOM

CREATED = "2026-03-01T00:00:00Z"
HEAD = f'[newsroom]\nid = "{NEWSROOM}"\ncreated_at = "{CREATED}"\n'


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidError) as refused:
        parse_config(text)
    return [str(problem) for problem in refused.value.problems]


def test_new_configuration_shows_every_setting_with_its_default() -> None:
    text = new_config(NEWSROOM, created_at=CREATED, base_url=LOCAL_BASE_URL, title="News updates")
    written, least = parse_config(text), parse_config(HEAD)
    assert written == least
    assert written.newsroom.id == NEWSROOM
    assert written.newsroom.created_at == datetime(2026, 3, 1, tzinfo=UTC)
    tables = tomllib.loads(text.replace("# hub", "hub"))
    assert set(tables["site"]) == set(type(written.site).model_fields)
    assert set(tomllib.loads(text)["output"]) == set(type(written.output).model_fields)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_valid_title_is_parsed_as_it_was_written(title: str) -> None:
    try:
        text = new_config(NEWSROOM, created_at=CREATED, base_url="https://a.example", title=title)
    except InvalidError:
        return
    assert parse_config(text).site.title == title.strip()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example", "https://news.example/"),
        ("http://localhost:8000/", "http://localhost:8000/"),
        ("https://news.example/a/b", "https://news.example/a/b/"),
    ],
)
def test_base_url_ends_in_a_slash(url: str, expected: str) -> None:
    assert parse_config(f'{HEAD}[site]\nbase_url = "{url}"').site.base_url == expected


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "https://", "https://a.example/?q=1", "https://a.example/#x", "a.example", "https://a b/"],
)
def test_invalid_base_url_is_refused(url: str) -> None:
    expected = f"writethru.toml:5: site.base_url: must be an http or https address without query, not '{url}'."
    assert problems(f'{HEAD}[site]\nbase_url = "{url}"') == [expected]
    with pytest.raises(InvalidError):
        new_config(NEWSROOM, created_at=CREATED, base_url=url, title="x")


def test_base_url_beyond_ascii_is_encoded_but_names_the_log_as_typed() -> None:
    config = parse_config(f'{HEAD}[site]\nbase_url = "https://exämple.com/täst/"\nhub = "https://hüb.example/"')
    assert config.site.base_url == "https://xn--exmple-cua.com/t%C3%A4st/"
    assert config.site.hub == "https://xn--hb-xka.example/"
    assert config.log_origin == "exämple.com/täst/log"
    assert parse_config(f'{HEAD}[site]\nbase_url = "https://a.example"').log_origin == "a.example/log"
    [problem] = problems(f'{HEAD}[site]\nbase_url = "https://i❤.example/"')
    assert "site.base_url: the host of the address is not a name of the internet" in problem


@pytest.mark.parametrize("setting", ["base_url", "hub"])
def test_address_with_a_password_is_refused(setting: str) -> None:
    [problem] = problems(f'{HEAD}[site]\n{setting} = "https://desk:s3cret@news.example/"')
    assert problem.startswith(f"writethru.toml:5: site.{setting}: contains a user name or a password")
    assert "s3cret" not in problem


@pytest.mark.parametrize("folder", ["public", "out/public", "öffentlich", "with space"])
def test_output_folder_inside_the_newsroom(folder: str) -> None:
    assert parse_config(f'{HEAD}[output]\nfolder = "{folder}"').output.folder == folder


OUTSIDE = ["", "/etc", "..", "a/../..", "a//b", "./a", "a/", "ledger.db", "writethru.toml/x", "sync.key"]


@pytest.mark.parametrize("folder", [*OUTSIDE, "a\\nb", "a\\u0000", "a\\u202eb"])
def test_folder_outside_or_unprintable_is_refused(folder: str) -> None:
    [problem] = problems(f'{HEAD}[output]\nfolder = "{folder}"')
    assert problem.startswith("writethru.toml:5: output.folder: must be a folder inside the newsroom")


def test_own_names_are_those_of_the_modules_that_write_them() -> None:
    names = {CONFIG_NAME, LEDGER_NAME, METRICS_LOCK_NAME, InboxFile.FILE, PeopleFile.FILE, KEY_FILE_NAME, MAP_NAME}
    assert names == OWN_NAMES


def test_every_problem_is_reported_with_its_line() -> None:
    text = f'{HEAD}[site]\ntitel = "x"\nlanguage = "?"\n\n[ output ]\nentries = 0\n"folder" = 3\n[extra]\n'
    locations = [problem.partition(": ")[0] for problem in problems(text)]
    assert locations == [f"writethru.toml:{line}" for line in (6, 5, 10, 9, 11)]
    assert "Did you mean title?" in " ".join(problems(text))


def test_problem_without_a_line_names_its_setting() -> None:
    assert problems("") == ["writethru.toml: newsroom: is missing."]
    [problem] = problems(HEAD + 'site.base_url = "x"')
    assert problem.startswith("writethru.toml: newsroom.site: ")
    assert problems(f'site = {{ title = "" }}\n{HEAD}')[0].startswith("writethru.toml: site.title: ")
    assert problems("newsroom = 3")[0].startswith("writethru.toml:1: newsroom: ")


def test_syntax_error_links_to_toml() -> None:
    [problem] = problems("[newsroom\n")
    assert problem.startswith("writethru.toml: ")
    assert "https://toml.io" in problem


@pytest.mark.parametrize("created", ["2026-03-01", "2026-03-01T00:00:00", "yesterday"])
def test_newsroom_needs_an_exact_creation_time(created: str) -> None:
    [problem] = problems(HEAD.replace(CREATED, created))
    assert problem.startswith("writethru.toml:3: newsroom.created_at: ")


def test_number_of_entries_has_a_limit() -> None:
    assert problems(f"{HEAD}[output]\nentries = 501")[0].startswith("writethru.toml:5: output.entries: ")
    assert problems(f'{HEAD}[output]\nentries = "50"')[0].startswith("writethru.toml:5: output.entries: ")
    assert parse_config(f"{HEAD}[output]\nentries = 500").output.entries == 500


def test_log_is_named_after_the_site_by_default() -> None:
    site = f'{HEAD}[site]\nbase_url = "https://news.example/desk"\n'
    assert parse_config(site).log_origin == "news.example/desk/log"
    assert parse_config(f'{site}[log]\norigin = "other.example/log"').log_origin == "other.example/log"


@pytest.mark.parametrize("name", ["", "two words", "a+b", "x" * 201])
def test_invalid_log_name_is_refused(name: str) -> None:
    [problem] = problems(f'{HEAD}[log]\norigin = "{name}"')
    assert "log.origin: must be a name without spaces and +, such as news.example/log" in problem


def test_configured_hub_is_in_every_feed() -> None:
    config = parse_config(HEAD + '\n[site]\nhub = "https://hub.example/"\n')
    assert config.site.hub == "https://hub.example/"
    assert site_feed(config, "feed", ()).hub == "https://hub.example/"
    with pytest.raises(InvalidError, match=r"site\.hub"):
        parse_config(HEAD + '\n[site]\nhub = "javascript:alert(1)"\n')


SETTINGS = [
    (f"{name}.{field.alias or key}", field)
    for name, table in parse_config(HEAD)
    if name in ConfigFile.model_fields
    for key, field in type(table).model_fields.items()
]
OTHER_VALUES = {
    "newsroom.id": '"6f1c1f0e-5d0c-4c5e-9a51-0d4f3f1f9b12"',
    "newsroom.created_at": '"2026-03-01T00:00:01Z"',
    "site.title": '"Night desk"',
    "site.base_url": '"https://other.example/"',
    "site.description": '"Stories."',
    "site.language": '"pt"',
    "site.author": '"Somebody"',
    "site.hub": '"https://hub.example/"',
    "output.folder": '"www"',
    "output.entries": "49",
    "output.share_images": "true",
    "recording.actor": '"night desk"',
    "recording.time_zone": '"Europe/Berlin"',
    "publishing.max_jump": "30",
    "log.key": '"/etc/key"',
    "heartbeat.url": '"env:HEARTBEAT"',
    "ledger.url": '"postgresql:///news"',
    "ledger.schema": '"harbour"',
    "metrics.file": '"/var/lib/node_exporter/writethru.prom"',
    "log.origin": '"other.example/log"',
    "mirror.url": '"s3://bucket/prefix"',
    "mirror.endpoint": '"http://127.0.0.1:9000"',
    "mirror.region": '"eu-central-1"',
    "mirror.purge": '"/usr/local/bin/purge"',
    "serve.hosts": '["feed.internal", "::1"]',
    "serve.all_metrics": "true",
    "desk.url": '"https://news.example/desk/"',
    "desk.undo_window": "0",
}


@pytest.mark.parametrize(("setting", "field"), SETTINGS)
def test_every_setting_declares_whether_it_reaches_the_output(setting: str, field: FieldInfo) -> None:
    assert [mark for mark in field.metadata if mark in {PUBLISHED, INTERNAL}] == field.metadata[-1:]
    table, _, key = setting.partition(".")
    head = "".join(line for line in HEAD.splitlines(keepends=True) if not line.startswith(f"{key} ="))
    value = f"{key} = {OTHER_VALUES[setting]}\n"
    changed = parse_config(f"{head}{value}" if table == "newsroom" else f"{HEAD}[{table}]\n{value}")
    least = parse_config(HEAD)
    assert changed != least
    assert (changed.digest(signing_key=None) == least.digest(signing_key=None)) == (INTERNAL in field.metadata)


@pytest.mark.parametrize("name", ["ledger.db", "writethru.toml", "", "x.prom.txt", "x\\u0007.prom"])
def test_metrics_file_must_end_as_node_exporter_reads_it(name: str) -> None:
    [problem] = problems(f'{HEAD}[metrics]\nfile = "{name}"\n')
    assert 'metrics.file: must be a file whose name ends in ".prom"' in problem


@pytest.mark.parametrize("host", ["", "news.example:80", "https://news.example", "a b", "*"])
def test_host_to_serve_is_a_name_or_an_address(host: str) -> None:
    [problem] = problems(f'{HEAD}[serve]\nhosts = ["{host}"]\n')
    assert "serve.hosts" in problem


def test_digest_covers_templates_and_the_log_key() -> None:
    configs = (parse_config(HEAD), parse_config(HEAD, templates={"style.css": "a"}))
    digests = {config.digest(signing_key=key) for config in configs for key in (None, "a", "b")}
    assert len(digests) == 6


def test_templates_are_not_a_table_of_the_file() -> None:
    assert problems(f"{HEAD}[templates]\n")[0].startswith("writethru.toml:4: templates: ")


def test_heartbeat_of_no_known_kind_is_refused() -> None:
    [problem] = problems(f'{HEAD}[heartbeat]\nurl = "ftp://a.example/"')
    assert 'must be "env:NAME", "file:PATH", or an http or https address' in problem
