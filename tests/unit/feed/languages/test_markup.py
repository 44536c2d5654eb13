"""Our words as HTML: what is ours is markup, all else is escaped, isolated, and marked with its language."""

from markupsafe import Markup

from events.fold.development import REMOVED
from events.model.parts import Source
from events.wording.values import field_words
from feed.languages.choice import words_for
from feed.languages.markup import MarkupWords, Phrase, markup_words

OWN = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\nmsgid "Sources"\nmsgstr "Lähteet"\n'


def words(language: str) -> MarkupWords:
    return markup_words(words_for(language, {}), language)


def test_text_is_escaped_and_our_words_are_not() -> None:
    english = words("en")
    phrase = english.gettext("{name}: {value}", name="<b>", value=english.gettext("Sources"))
    assert english.html(phrase) == "&lt;b&gt;: Sources"
    assert english.html(english.gettext("{name}: {value}", name=Markup("<i>a</i>"), value=7)) == "<i>a</i>: 7"


def test_text_in_the_other_direction_is_isolated() -> None:
    assert words("en").html("שלום") == "<bdi>שלום</bdi>"
    assert words("ar").html("Boeing") == "<bdi>Boeing</bdi>"
    assert words("ar").html("A380 يهبط") == '<bdi dir="rtl">A380 يهبط</bdi>'
    assert words("ar").html("حريق") == "حريق"


def test_english_words_among_other_texts_say_so() -> None:
    finnish = words("fi")
    assert finnish.html(finnish.gettext("Sources")) == '<span lang="en">Sources</span>'
    phrase = finnish.gettext("Overdue: {what} ({due})", what="Tulva", due=finnish.gettext("no date given"))
    assert finnish.html(phrase) == '<span lang="en">Overdue: <bdi lang="fi">Tulva</bdi> (no date given)</span>'
    hebrew = words("he")
    phrase = hebrew.gettext("Correction: {headline}", headline="שלום A")
    assert hebrew.html(phrase) == '<span lang="en" dir="ltr">Correction: <bdi lang="he">שלום A</bdi></span>'


def test_message_that_a_catalogue_lacks_says_that_it_is_english() -> None:
    finnish = markup_words(words_for("fi", {"fi.po": OWN}), "fi")
    assert finnish.html(finnish.gettext("Sources")) == "Lähteet"
    assert finnish.html(finnish.gettext("Timeline")) == '<span lang="en">Timeline</span>'
    phrase = finnish.gettext("{label} {text}.", label=finnish.gettext("Sources"), text="x")
    assert finnish.html(phrase) == '<span lang="en"><span lang="fi">Lähteet</span> <bdi lang="fi">x</bdi>.</span>'


def test_key_is_english_among_texts_without_latin_letters() -> None:
    assert words("ja").html(words("ja").key_words("Hurt")) == '<span lang="en">Hurt</span>'
    assert words("ar").html(words("ar").key_words("Hurt")) == '<span lang="en" dir="ltr">Hurt</span>'
    assert words("es").html(words("es").key_words("Heridos")) == "Heridos"


def test_erased_text_is_worded_in_the_language() -> None:
    assert words("es").html(REMOVED) == "[eliminado]"
    assert words("fi").html(REMOVED) == '<span lang="en">[removed]</span>'


def test_phrase_keeps_its_language_in_another_case() -> None:
    finnish = words("fi")
    phrase = finnish.sentence(finnish.gettext("the promise was removed"))
    assert isinstance(phrase, Phrase)
    assert finnish.html(phrase) == '<span lang="en">The promise was removed</span>'
    assert finnish.html(finnish.inline(phrase)) == '<span lang="en">the promise was removed</span>'
    assert (finnish.sentence("ä"), finnish.inline("Ä")) == ("Ä", "ä")
    assert finnish.quote("<b>") == "&lt;b&gt;"


def test_line_break_of_a_text_is_kept() -> None:
    assert words("en").html("a\nb") == "a<br>b"


def test_source_with_a_credit_is_escaped_once() -> None:
    source = Source(name="Star", title="Q & A", via=("Smith & Sons",))
    assert words("en").html(field_words(source, words("en"))) == "Q &amp; A (crediting Smith &amp; Sons)"
    assert words("fi").html(field_words(source, words("fi"))) == (
        '<span lang="en"><bdi lang="fi">Q &amp; A</bdi> (crediting <bdi lang="fi">Smith &amp; Sons</bdi>)</span>'
    )
