"""Who says what, sentence by sentence: a speaker whom the sentence names, or a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.reading.quotes import Saying, sayings


def of(kind: str, *paragraphs: str) -> list[Saying]:
    return [saying for saying in sayings(paragraphs) if saying.kind == kind]


def heard(*paragraphs: str) -> list[tuple[str, str]]:
    """Return who says what, and "" for who is to be asked for."""
    return [(saying.words, saying.speaker) for saying in sayings(paragraphs) if saying.kind != "statement"]


SAID = '"It is over," Pires said.'


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ('"It is over," Ana Pires said.', "Ana Pires"),
        ('"It is over," said Foreign Minister Ana Pires of Lorvao.', "Ana Pires"),
        ('"It is over," said the mission\'s head, retired general Liv Sandoval.', "Liv Sandoval"),
        ('"It is over," said Pires\'s lawyer, Jo Lind.', "Jo Lind"),
        ('"It is over," said Tomas Weil, 34, a teacher from Hamra.', "Tomas Weil"),
        ('"It is over," said Dr. Sam Okoro, an epidemiologist.', "Sam Okoro"),
        ('"It is over?" Ana Pires asked.', "Ana Pires"),
        ('"It is over." Ana Pires said. He left.', "Ana Pires"),
        ('It was, Ana Pires said, "all over".', "Ana Pires"),
        ('The mayor resigned, and Ana Pires said it was "all over".', "Ana Pires"),
        ('Crowds left when Ana Pires said it was "all over".', "Ana Pires"),
        ('KIRVANA, Jan. 6 (Northwire) - Mayor Ines Pardal said it was "all over".', "Ines Pardal"),
        ('Jo Weil said that Ana Pires had called it "all over".', "Ana Pires"),
        ('General Motors said it was "all over".', "General Motors"),
        ('Ana Pires (pictured) said it was "all over".', "Ana Pires"),
        ('In a letter to Ana Pires, Jo Weil wrote that it was "all over".', "Jo Weil"),
        ('Jo Weil, quoting Ana Pires, said it was "all over".', "Jo Weil"),
        ('Asked if Jo Weil was right, Ana Pires said: "It is over."', "Ana Pires"),
        ('According to Ana Pires, it is "all over".', "Ana Pires"),
        ('Opposition lawmaker Emil Dragan protested, saying it was "all over".', "Emil Dragan"),
        ('"It is over," a statement from the ministry said.', "the ministry"),
        ('"It is over," a person familiar with the trial said.', "a person familiar with the trial"),
        ('"It is over," said the mayor of Kirvana.', "the mayor of Kirvana"),
        ('The U.S. Department of Health said it was "all over".', "the U.S. Department of Health"),
        ('Jo Weil, whom Ana Pires called "a fool," resigned.', "Ana Pires"),
        ('The mayor\'s plan, which Ana Pires said was "dead at birth," failed.', "Ana Pires"),
        ('Norrbank, Ana Pires said, is "finished now".', "Ana Pires"),
        ('Ana Pires, the mayor, later said, "It is over."', "Ana Pires"),
        ('Sen. Ana Pires, R-Ariz., said it was "all over".', "Ana Pires"),
        ('U.S. Secretary of State John Kerry said it was "all over".', "John Kerry"),
        ('By Friday, when Ana Pires said it was "all over", nobody cared.', "Ana Pires"),
        ('Jo Weil\'s mother, Ana Pires, called it "all over".', "Ana Pires"),
        ('"It is over," said one resident, who gave no name.', "one resident"),
        ('It failed after what the bank called an "all too late" update.', "the bank"),
        ('"It is over," the kidnappers said.', "the kidnappers"),
        ('Police said it was "all over".', "Police"),
        ('Officials said it was "all over".', "Officials"),
        ('Kirvana – Ana Pires said it was "all over".', "Ana Pires"),
        ('"It is over," Roz May said.', "Roz May"),
        ('"It is over," Reuters quoted Pires as saying.', "Pires"),
        ('The agency quotes a source close to the talks as saying it was "all over".', "a source close to the talks"),
        ('BENTON, Ark. (AP) — A boy fell. "It is over," Lim said.', "Lim"),
        ('Lim told a guard it was "all over".', "Lim"),
        ('"It is over," said a diplomat close to the talks, speaking in Lorvao.', "a diplomat close to the talks"),
        ('"It is over," said the meteorologist on duty, Ana Pires.', "Ana Pires"),
        ('"It is over," said Sgt. Ana Pires of the Ashby Sheriff\'s Office, who was aboard.', "Ana Pires"),
        ('A party source called it "all over".', "a party source"),
        ('A 2023 report by the State Survey, seen by Norda, called it "all over".', "the State Survey"),
        ('The ministry\'s report, Ana Pires said, was "all over".', "Ana Pires"),
        ('A report by the Inspectorate found that it "would be over soon".', "the Inspectorate"),
        ('Its maker, December Biologics, said it was "all over".', "December Biologics"),
        ('The Health Office on Friday rated the risk as "high".', "the Health Office"),
        ('What August Valley describes as "all over" is not.', "August Valley"),
        ('Ana Pires, who leads the rescue, ruled it out but said it was "all over".', "Ana Pires"),
        ('Ana Pires, 71, was on board: "I am going anyway."', "Ana Pires"),
        ('"I have cycled in every day." – Ana Pires, Fenwick Row', "Ana Pires"),
        ('Lawyer Ana Pires left. "It is over," Pires said.', "Ana Pires"),
        ('The mayor — Ana Pires — said it was "all over".', "Ana Pires"),
        ('Ana Pires – the mayor – said it was "all over".', "Ana Pires"),
        ("‘It is over,’ Ana Pires said. It isn’t.", "Ana Pires"),
        ("'She said \"over\",' Ana Pires said.", "Ana Pires"),
        ('BOGOTÁ (Reuters) - Ana Pires said it was "all over".', "Ana Pires"),
        ('Évora, Jan. 6 (AFP) — Ana Pires said it was "all over".', "Ana Pires"),
    ],
)
def test_sentence_that_names_a_speaker_fills_it(sentence: str, speaker: str) -> None:
    assert [who for _, who in heard(sentence)] == [speaker]


@pytest.mark.parametrize(
    "sentence",
    [
        '"It is over," she said.',
        '"It is over," said she.',
        '"It is over," said the man.',
        '"It is over," the dam that burst, the guard said.',
        '"It is over," its director said.',
        '"It is over," said the mayor of Hamra, New Lorvao.',
        '"It is over," one of the brothers said.',
        'The minister asked it and said it was "all over".',
        'Jo Weil, who said so, was met by a guard: "Go home."',
        'Weil said Ana Pires had told him it was "all over".',
        'Ana Pires, speaking after Weil said he would go, called it "all over".',
        'Ana Pires and Jo Weil said it was "all over".',
        'Weil, Brandt and Reino said it was "all over".',
        'The mayor, Ana Pires, and Jo Weil, her deputy, said it was "all over".',
        'The report said it was "all over".',
        'The company\'s statement called it "all over now".',
        'Nobody said it was "all over".',
        'Jo Weil, whose aide called the plan "a gift," voted.',
        'Ana Pires, who called the plan "a gift," voted.',
        'Norrbank failed, and Ana Pires, the mayor, later said, "It is over."',
        'Ana Pires was told by Jo Weil that it was "all over".',
        'Both Ana Pires and Jo Weil called it "all over".',
        'One of them said it was "all over".',
        'Another said it was "all over".',
        'It beat a deadline set by the kidnapper. The kidnapper said it was "all over".',
        'Ana Pires did not say it was "all over".',
        'The minister denied that Ana Pires had said it was "all over".',
        'The minister was told it was "all over".',
        'Emil Dragan left early, saying it was "all over".',
        'Ana Pires, and Jo Weil said it was "all over".',
        'The dam that was shut said it was "all over".',
        "Ana Pires said 'twas all over.",
        "It is all over.",
        'Kirvana – The mayor said it was "all over".',
    ],
)
def test_sentence_that_names_nobody_fills_no_speaker(sentence: str) -> None:
    assert [who for _, who in heard(sentence) if who] == []


def test_pronoun_is_offered_as_a_question() -> None:
    [saying] = of("question", 'Ana Pires left. "It is over," she said.')
    assert (saying.words, saying.subject and saying.subject.words) == ("It is over", "she")


@pytest.mark.parametrize(
    ("paragraphs", "evidence"),
    [
        (
            ["Ana Pires left. She wept.", '"It is over," she said.'],
            'Ana Pires left. She wept. … "It is over," she said.',
        ),
        (["Weil came.", 'Ana Pires left. "It is over," she said.'], 'Ana Pires left. "It is over," she said.'),
        (['"It is over," she said.'], '"It is over," she said.'),
    ],
)
def test_question_shows_the_sentences_before(paragraphs: list[str], evidence: str) -> None:
    [saying] = of("question", *paragraphs)
    assert saying.evidence == evidence


@pytest.mark.parametrize(
    ("paragraphs", "speaker"),
    [
        (["- 'It is all over now' -"], "Ana Pires"),
        (["“It is all over now.”"], "Ana Pires"),
        (["'It is over'"], ""),  # a short one may be anybody's
        (["The crowd chanted 'it is all over now'."], ""),
        (["The banner said:", "“It is all over now.”"], ""),
        (["“It is all over now.”", "“They know it is all over now,” said Jo Weil."], ""),
        (["“It is all over now.” “Go.”"], ""),
    ],
)
def test_words_alone_are_those_of_who_is_quoted_with_them(paragraphs: list[str], speaker: str) -> None:
    said = heard('"It is all over now, and it is over for good," Ana Pires said.', *paragraphs)
    assert said[1][1] == speaker


def test_last_name_is_completed_if_one_full_name_ends_in_it() -> None:
    [saying] = of("quote", "Mayor Ana Pires left.", '"It is over," Pires said.')
    assert (saying.speaker, saying.rule) == ("Ana Pires", "quote, NAME said; “Pires” is Ana Pires")


@pytest.mark.parametrize(
    ("paragraphs", "speaker"),
    [
        (["Mayor Ana Pires left.", "Her brother Rui Pires stayed.", SAID], ""),
        (["Mayor Ana Pires left.", SAID, "Her brother Rui Pires stayed."], "Ana Pires"),
        ([SAID, "Mayor Ana Pires left."], "Ana Pires"),
        ([SAID, "Mayor Ana Pires left.", "Her brother Rui Pires stayed."], ""),
        (["Mayor Ana Pires left.", f"Her brother, Rui Pires, stayed. {SAID}"], "Rui Pires"),
        (["Mayor Ana Pires left.", f"The road is open. Her brother Rui Pires stayed. {SAID}"], ""),
        (["Mayor Ana Pires left.", f"Rui Pires met Ana Pires. {SAID}"], ""),
        (["Mayor Ana Pires left.", "Pires is ill. Her husband, Luc, stayed.", SAID], ""),
        (["Mayor Ana Pires left.", "Weil's brother, Jo Weil, stayed.", SAID], "Ana Pires"),
        (["Mayor Ana Pires left." + " It ran." * 60, "Weil is ill. His brother, Luc, stayed.", SAID], "Ana Pires"),
    ],
)
def test_last_name_is_that_of_who_was_named_before(paragraphs: list[str], speaker: str) -> None:
    assert heard(*paragraphs) == [("It is over", speaker)]


def test_two_officials_are_not_one() -> None:
    said = heard(
        '"It is over," a senior official said.',
        "Another official agreed that it was.",
        '"We will go on," the official said. "It is not over."',
    )
    assert said[1:] == [("We will go on", "another official"), ("It is not over.", "another official")]


def test_each_quote_of_a_sentence_has_its_own_speaker() -> None:
    assert heard('Ana Pires said it was "a good day" and Jo Weil called it "a bad one".') == [
        ("a good day", "Ana Pires"),
        ("a bad one", "Jo Weil"),
    ]
    assert heard('"It was fine," Ana Pires said, while Jo Weil called it "a bad one".') == [
        ("It was fine", "Ana Pires"),
        ("a bad one", "Jo Weil"),
    ]


def test_quote_goes_on_after_its_speaker() -> None:
    assert heard('"They asked," Bram Vogel said, "and were paid." "Twice."') == [
        ("They asked", "Bram Vogel"),
        ("and were paid.", "Bram Vogel"),
        ("Twice.", "Bram Vogel"),
    ]


def test_quotes_before_one_verb_are_its_subjects() -> None:
    assert [who for _, who in heard('"Go now." "Go there," Ana Pires said.')] == ["Ana Pires"] * 2
    assert [who for _, who in heard('"Go now" and "go there," Ana Pires said.')] == ["Ana Pires"] * 2


def test_quote_goes_on_in_the_next_paragraph() -> None:
    said = of("quote", "“It is over,” Ana Pires said. “We lost.", "“We lost all.", "“That is it.”", "“Is it?”")
    assert [(saying.words, saying.speaker) for saying in said] == [
        ("It is over", "Ana Pires"),
        ("We lost.", "Ana Pires"),
        ("We lost all.", "Ana Pires"),
        ("That is it.", "Ana Pires"),
    ]
    assert said[-1].evidence == "“It is over,” Ana Pires said. … “That is it.”"


@pytest.mark.parametrize(
    "text", ["Ana Pires promised “no mercy.", 'Ana Pires said "one” or "two".', "Ana Pires: ”one”"]
)
def test_odd_quote_marks_make_no_quote(text: str) -> None:
    [saying] = sayings((text, "The end."))
    assert (saying.kind, saying.rule) == ("question", "quote marks that do not match")


@pytest.mark.parametrize(
    "text",
    [
        'Ana Pires said the rapid is known locally as "the Widowmaker."',
        'Ana Pires said she lost a poem called "The Goat Inspects the Guard."',
        'Ana Pires said they saw the independents’ "Born in Calderwick" leaflets.',
        'Ana Pires read "The Long Road" there.',
        'Ana Pires said the "Aurelia" sank.',
        'The "so-called" truce held.',
    ],
)
def test_name_or_word_in_quote_marks_is_no_quote(text: str) -> None:
    assert heard(text) == []


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("The ministry said it would publish a report.", "the ministry"),
        ("Weil left, the coast guard said on Tuesday in its first statement.", "the coast guard"),
        ("A ferry sank late on Friday, and some of them were saved, the coast guard said.", "the coast guard"),
        ("The ferry sank, the coast guard said it feared.", "the coast guard"),
        ("The ferry was old, according to the port authority.", "the port authority"),
        ("Elena Sanz, leader of the league, said she knew of no releases.", "Elena Sanz"),
        ("Cuba freed some of them, monitors said, without a number.", "monitors"),
        ("Sam Obi, 46 – the mayor – said the port is closed until the end of Friday.", "Sam Obi"),
    ],
)
def test_indirect_speech_is_the_whole_sentence(sentence: str, speaker: str) -> None:
    assert [(saying.words, saying.speaker) for saying in of("statement", sentence)] == [(sentence, speaker)]


@pytest.mark.parametrize(
    "sentence",
    [
        "She said it would publish a report.",
        "Defence lawyer Jo Weil called the talk an elaborate lie Obi told to impress him.",
        "Workers took 23 of the 54 seats declared by five in the morning.",
        "A recount, if one is demanded, must be finished in time.",
        "They waited until the president agreed to do so.",
        "Ana Pires agreed.",
    ],
)
def test_sentence_without_a_named_subject_is_no_statement(sentence: str) -> None:
    assert of("statement", sentence) == []


_pieces = st.sampled_from(
    [*"\"“”'‘’.,?! -—()", "said", "told", "Ana Pires", "the ministry", "she", "\n", "and", "Jan. 6"]
)


@given(st.lists(st.lists(_pieces, max_size=30).map(" ".join), max_size=4))
def test_whatever_is_quoted_stands_in_its_evidence(paragraphs: list[str]) -> None:
    for saying in sayings(tuple(paragraphs)):
        assert saying.words in saying.evidence
        assert saying.kind == "question" or saying.speaker


def test_clause_before_a_name_is_no_role() -> None:
    [saying] = of("quote", 'They say it is so, a figure Ana Pires called "all but certain".')
    assert saying.subject is not None
    assert (saying.subject.name, saying.subject.role) == ("Ana Pires", "")


@pytest.mark.parametrize(("words", "role"), [("Mr", ""), ("Dr.", ""), ("Mayor", "Mayor")])
def test_honorific_is_no_role(words: str, role: str) -> None:
    [saying] = of("quote", f'"It is over," said {words} Rui Pires.')
    assert saying.subject is not None
    assert (saying.subject.name, saying.subject.role) == ("Rui Pires", role)


def test_role_ends_before_what_happened_to_them() -> None:
    [saying] = of("quote", '"It is over," said Ana Pires, 66, a teacher arrested in 2021 for a poem.')
    assert saying.subject is not None
    assert saying.subject.role == "a teacher"


@pytest.mark.parametrize(
    ("sentence", "speakers"),
    [
        ('Lim told a guard it was "all over".', {"name"}),
        ('Sanders left. "It is over," Sanders said.', {"name"}),
        ('Officials said it was "all over".', {"role"}),
        ('Staff said it was "all over".', {"role"}),
        ('Critics said it was "all over". It was, critics say.', {"role"}),
    ],
)
def test_capital_of_a_sentence_is_no_name(sentence: str, speakers: set[str]) -> None:
    said = of("quote", sentence)
    assert {"role" if saying.subject and saying.subject.is_described else "name" for saying in said} == speakers
