"""The catalogues of words: complete, with their placeholders, read and refused with the line."""

from typing import Any

import pytest
from babel.messages.pofile import read_po as babel_read_po

from events.errors import InvalidError
from events.wording.language import CONTEXT_END
from feed.languages.choice import check_catalogues, our_catalogue, our_languages, words_for
from feed.languages.po import CatalogueError, problems, read_po
from feed.pages.templating import check_templates
from tests.messages import FOLDER, messages, template

LANGUAGES = our_languages()
HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def keys() -> set[str]:
    """Return the keys of all messages of the code."""
    return {
        f"{context}{CONTEXT_END}" * bool(context) + (text[0] if isinstance(text, tuple) else text)
        for context, text in messages()
    }


def test_languages_are_those_that_the_readme_names() -> None:
    assert LANGUAGES == ("ar", "de", "es", "fr", "ja")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_translates_every_message_and_no_other(language: str) -> None:
    translated = {entry.key for entry in read_po(our_catalogue(language)).entries if entry.forms}
    assert translated == keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_the_placeholders_of_each_message(language: str) -> None:
    assert list(problems(read_po(our_catalogue(language)), language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_says_whether_a_speaker_has_reviewed_it(language: str) -> None:
    header = read_po(our_catalogue(language)).header
    assert (header["Language"], bool(header["X-Reviewed-By"])) == (language, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_read_as_babel_reads_it(language: str) -> None:
    with (FOLDER / f"{language}.po").open("rb") as file:
        oracle = babel_read_po(file)
    file_ = read_po(our_catalogue(language))
    expected = {
        (message.context or "", message.id[0] if isinstance(message.id, tuple | list) else message.id): message.string
        for message in oracle
        if message.id
    }
    ours = {
        (entry.texts.get("msgctxt", ""), entry.message): entry.forms if len(entry.forms) > 1 else entry.forms[0]
        for entry in file_.entries
    }
    assert {key: _joined(text) for key, text in ours.items()} == {key: _joined(text) for key, text in expected.items()}
    assert file_.plurals == oracle.num_plurals


def _joined(text: Any) -> str:
    return text if isinstance(text, str) else "|".join(text)


@pytest.mark.slow
def test_template_has_every_message() -> None:
    with (FOLDER / "messages.pot").open("rb") as file:
        written = {(message.context, str(message.id)) for message in babel_read_po(file) if message.id}
    assert written == {(message.context, str(message.id)) for message in template() if message.id}


def test_newsroom_adds_a_language_with_a_file() -> None:
    own = {"fi.po": f'{HEADER}msgid "Sources"\nmsgstr "Lähteet"\n'}
    words = words_for("fi", own)
    assert (words.language, words.gettext("Sources"), words.gettext("Removed.")) == ("fi", "Lähteet", "Removed.")
    assert words_for("fi-FI", own).gettext("Sources") == "Lähteet"


def test_newsroom_overrides_words_of_a_language() -> None:
    own = {"es.po": f'{HEADER}msgid "Sources"\nmsgstr "Procedencia"\n'}
    assert words_for("es", own).gettext("Sources") == "Procedencia"
    assert words_for("es", own).gettext("Timeline") == "Cronología"


def test_region_has_its_own_words_and_those_of_its_language() -> None:
    own = {"es-MX.po": f'{HEADER}msgid "Sources"\nmsgstr "Orígenes"\n'}
    assert words_for("es-MX", own).gettext("Sources") == "Orígenes"
    assert words_for("es-MX", own).gettext("Timeline") == "Cronología"
    assert words_for("es", own).gettext("Sources") == "Fuentes"


def test_language_without_a_catalogue_has_english_words() -> None:
    words = words_for("fi", {})
    assert (words.language, words.gettext("Sources")) == ("en", "Sources")


def test_guessed_and_empty_translations_are_not_used() -> None:
    text = f'{HEADER}#, fuzzy\nmsgid "Sources"\nmsgstr "Wrong"\n\nmsgid "Removed."\nmsgstr ""\n'
    words = words_for("fi", {"fi.po": text})
    assert (words.gettext("Sources"), words.gettext("Removed.")) == ("Sources", "Removed.")


def test_text_may_go_over_several_lines_with_escapes() -> None:
    [entry] = read_po('msgid ""\n"a\\n"\n"\\"b\\""\nmsgstr "c\\\\d"\n').entries
    assert (entry.message, entry.forms) == ('a\n"b"', ("c\\d",))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('msgid "Updated {time}"\nmsgstr "Nyt"\n', "“Nyt” has no placeholder {time}."),
        ('msgid "Sources"\nmsgstr "{n}"\n', "“{n}” has a placeholder {n}, which its message does not have."),
        ('msgid "Sources"\nmsgstr "{"\n', "“{” has a brace that is no placeholder."),
        ('msgid "Sources"\nmsgstr "{a!r:>9}"\n', "“{a!r:>9}” has a brace that is no placeholder."),
        ('msgid "100 {"\nmsgstr "100"\n', "“100 {” has a brace that is no placeholder."),
        ('msgid "{0}"\nmsgstr "a"\n', "“{0}” has a brace that is no placeholder."),
        ("msgid Sources\n", "this is no line of a .po file: msgid Sources"),
        ('"Sources"\n', "this text has no keyword, such as msgid."),
        (
            'msgid "{number} report"\nmsgid_plural "{number} reports"\nmsgstr[0] "{number} a"\n',
            "“{number} report” has 1 plural forms, and Plural-Forms says 2.",
        ),
    ],
)
def test_catalogue_with_a_mistake_is_refused_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(InvalidError) as refused:
        check_catalogues({"fi.po": f"{HEADER}\n{text}", "style.css": ""})
    assert f"templates/fi.po:6: catalogue: {problem}" in str(refused.value)


def test_catalogue_whose_name_is_no_language_is_refused() -> None:
    with pytest.raises(InvalidError, match=r"templates/a b\.po: catalogue: this is no language"):
        check_catalogues({"a b.po": HEADER})


@pytest.mark.parametrize(
    "rule", ["nplurals=2; plural=import os;", "two", "nplurals=2; plural=(10/n)", "nplurals=2; plural=n"]
)
def test_plural_rule_that_cannot_be_read_is_refused(rule: str) -> None:
    with pytest.raises(CatalogueError, match="Plural-Forms cannot be read"):
        read_po(f'msgid ""\nmsgstr "Plural-Forms: {rule}\\n"\n')


def test_message_given_twice_is_refused() -> None:
    text = 'msgid "Sources"\nmsgstr "a"\n\nmsgid "Sources"\nmsgstr "b"\n'
    with pytest.raises(InvalidError, match=r"“Sources” is here twice"):
        check_catalogues({"fi.po": HEADER + text})


def test_messages_need_no_empty_line_between_them() -> None:
    entries = read_po('msgid "a"\nmsgstr "b"\nmsgctxt "c"\nmsgid "d"\nmsgstr "e"\n').entries
    assert [(entry.key, entry.forms, entry.line) for entry in entries] == [("a", ("b",), 1), ("c\x04d", ("e",), 3)]


def test_catalogue_stands_among_other_templates() -> None:
    check_templates({"fi.po": HEADER, "style.css": "", "story.html.jinja": ""})


def test_form_of_one_number_alone_may_leave_it_out() -> None:
    text = 'msgid "{number} report"\nmsgid_plural "{number} reports"\nmsgstr[0] "yksi"\nmsgstr[1] "monta"\n'
    with pytest.raises(InvalidError) as refused:
        check_catalogues({"fi.po": HEADER + text})
    [problem] = refused.value.problems
    assert "“monta” has no placeholder {number}." in str(problem)
