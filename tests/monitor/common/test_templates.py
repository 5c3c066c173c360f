"""Templates: all of them are found, none says nothing where something is missing, and words of others stay words."""

from pathlib import PurePath

import jinja2
import pytest

from monitor.actions.markdown import code, document, md, quoted
from monitor.common.templates import templates
from tests.repository.paths import ROOT

FILES = sorted(str(file.relative_to(ROOT / "monitor")) for file in (ROOT / "monitor").rglob("*.jinja"))


def test_there_are_templates_and_each_is_found_by_its_path() -> None:
    assert len(FILES) >= 5
    assert list(templates({}).list_templates(["jinja"])) == FILES


@pytest.mark.parametrize("template", [name for name in FILES if PurePath(name).parts[0] == "actions"])
def test_a_template_without_its_values_is_an_error(template: str) -> None:
    with pytest.raises(jinja2.UndefinedError):
        document(str(PurePath(template).relative_to("actions")))


def test_words_of_others_are_never_a_template() -> None:
    environment = templates({"md": md, "code": code, "quoted": quoted})
    words = "{{ 7 * 7 }} {% include 'x' %} *b* `c` | d"
    shown = environment.from_string("{{ words | md }}\n{{ words | code }}\n{{ words | quoted }}\n").render(words=words)
    assert shown == f"{md(words)}\n{code(words)}\n{quoted(words)}\n"
    assert "49" not in shown
