"""The metrics of a newsroom, as a parser of Prometheus' own reads them."""

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.builders import reconfigured
from tests.desk import DeskRunner


def metrics(desk: DeskRunner, name: str = "writethru.prom") -> Path:
    """Configure a metrics file beside the newsroom, and return its path."""
    file = desk.site.folder.parent / name
    desk.site = reconfigured(desk.site, "[output]", f'[metrics]\nfile = "{file}"\n\n[output]')
    return file


def samples(file: Path) -> dict[str, float]:
    """Return the value of each sample in a metrics file, without the prefix of its name."""
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, float]:
    """Return the value of each sample, without the prefix of its name."""
    families = text_string_to_metric_families(text)
    return {sample.name.removeprefix("writethru_"): sample.value for family in families for sample in family.samples}
