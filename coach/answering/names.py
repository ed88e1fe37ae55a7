"""Proper names in a text, and whether other texts know them. Pure functions, no dictionary: capitals and context.

Titles, departments, weekdays and months are not names. A capital at a sentence's start says nothing by itself; there a
word counts as a name when it looks like one (McKinsey, IBM) or is said to report something (Deloitte found …).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_][\w&]*(?:['’.-][\w&]+)*\.?(?<!\.)", re.UNICODE)
_POSSESSIVE = re.compile(r"['’]s?$")
_STARTS_AFTER = re.compile(r"(?:^|[.!?…:;\n(\[\"“‘*_>—–]|[-•]\s)[\s\"“‘'*_]*$")
_INITIALS = re.compile(r"\s+(?:[A-Z]\.\s+)?|-")
_REPORTS = re.compile(
    r"^(?:['’]s\b)?[\s,]*(?:(?:has|have|also|once|in \d{4}|research|study|survey|data|report|analysis)\s+)*"
    r"(?:sa(?:id|ys)|found|finds|reports?|reported|argue[sd]?|show(?:s|ed)|writes|wrote|note[sd]|estimate[sd]?|states?"
    r"|recommend(?:s|ed)|suggest(?:s|ed)?|claim(?:s|ed)|explain(?:s|ed)|study|survey|research|report|data)\b",
    re.I,
)
_TITLES = frozenset(
    """ceo cfo coo chro clo cio cto cmo cpo cto vp svp evp md hr l&d it lms lxp ai roi kpi kpis okr okrs p&l hris faq
    q&a c-suite ok pdf us uk eu m&a r&d chief learning officer officers executive executives director directors
    manager managers senior leader leaders head vice president board chair chairman chairwoman human resources
    resource people talent financial finance operating operations information technology marketing sales
    development training business unit mr mrs ms dr prof sir madam team department committee monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august september
    october november december english i""".split()
)
_OPENERS = frozenset(
    """a an the this that these those it its he she they we you your their his her our my if when while once after
    before since because although though unless until as at by for from in into of on onto to with without
    within and but or so nor yet not no yes do don't does did is are was were be been being can could may might
    must shall should will would who whose what where which why how there here then now today first second third
    next finally also instead rather even only just both either neither each every all any some many most more
    less few such same other another one two three four five six seven eight nine ten ask tell show give take
    use make let say start begin bring name keep open close point offer propose suggest quote cite mention
    follow contact thank invite meet read write see note remember however therefore according like unlike about
    during over under between through across per than too very avoid agree answer anchor build choose connect
    consider describe explain find focus frame get go help hold lead learn link listen look measure pick plan
    prepare present put review run set share speak stay talk think treat try translate turn work""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place; `first` when it starts a sentence, a quotation or a list member."""

    text: str
    start: int
    end: int
    first: bool


class Known:
    """What a set of texts knows: words by case, and phrases."""

    def __init__(self, texts: Sequence[str], question: str) -> None:
        """Read the sources' texts and the learner's question (whose capitals mean nothing)."""
        joined = "\n".join(texts)
        self._phrases = _flat(joined)
        self._asked = _flat(question)
        found = [word.text for word in words(joined)]
        self._exact = frozenset(found)
        self._small = frozenset(word for word in found if word.islower())
        self._question_words = frozenset(word.text.lower() for word in words(question))

    def ordinary(self, word: str) -> bool:
        """Return whether a source or the question uses the word in small letters, so that it need not be a name."""
        return word.lower() in self._small or word.lower() in self._question_words

    def names(self, phrase: Sequence[str]) -> bool:
        """Return whether the sources contain this name."""
        if len(phrase) == 1:
            return phrase[0] in self._exact
        return f" {_flat(' '.join(phrase)).strip()} " in self._phrases

    def asked(self, phrase: Sequence[str]) -> bool:
        """Return whether the question contains this name."""
        return f" {_flat(' '.join(phrase)).strip()} " in self._asked


def words(text: str) -> list[Word]:
    """Return the words of a text without possessive endings."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        bare = _POSSESSIVE.sub("", match.group())
        first = _STARTS_AFTER.search(text[: match.start()]) is not None
        found.append(Word(bare, match.start(), match.start() + len(bare), first))
    return found


def unknown_names(text: str, known: Known) -> list[str]:
    """Return the proper names in `text` that neither a source nor, unless it is said to report, the question holds."""
    unknown: list[str] = []
    for run in _runs(text):
        reporting = _REPORTS.match(text[run[-1].end :]) is not None
        phrase = _name(run, known, reporting)
        if phrase and not _is_known(phrase, known, reporting):
            unknown.append(" ".join(phrase))
    return unknown


def _runs(text: str) -> list[list[Word]]:
    """Return the sequences of capitalised words; a word that starts a sentence starts a sequence."""
    runs: list[list[Word]] = []
    previous: Word | None = None
    for word in words(text):
        pronoun = re.fullmatch(r"I(?:['’]\w+)?", word.text) is not None
        if pronoun or not (word.text[0].isupper() or re.match(r"[a-z]+[A-Z]", word.text)):
            previous = None
            continue
        if previous and not word.first and _INITIALS.fullmatch(text, previous.end, word.start):
            runs[-1].append(word)
        else:
            runs.append([word])
        previous = word
    return runs


def _name(run: list[Word], known: Known, reporting: bool) -> list[str]:
    """Return the part of a sequence that must be known: nothing when it is no name."""
    start_of_sentence = run[0].first
    phrase = [word.text for word in run]
    if start_of_sentence and (_opens(phrase[0]) or (len(phrase) > 1 and known.ordinary(phrase[0]))):
        phrase, start_of_sentence = phrase[1:], False
    while phrase and _is_title(phrase[0]):
        phrase, start_of_sentence = phrase[1:], False
    while phrase and _is_title(phrase[-1]):
        phrase = phrase[:-1]
    if len(phrase) == 1 and start_of_sentence and not reporting and not _looks_like_a_name(phrase[0]):
        return []
    return phrase


def _is_known(phrase: list[str], known: Known, reporting: bool) -> bool:
    if known.names(phrase) or all(_is_title(word) for word in phrase):
        return True
    if reporting:
        return len(phrase) == 1 and known.ordinary(phrase[0]) and not known.asked(phrase)
    # Ordinary words may be written with capitals: Business Case.
    return known.asked(phrase) or all(known.ordinary(word) or _is_title(word) or _opens(word) for word in phrase)


def _opens(word: str) -> bool:
    return word.lower().replace("’", "'") in _OPENERS or re.match(r"\w+['’](?:s|t|re|ll|ve|d|m)$", word) is not None


def _is_title(word: str) -> bool:
    return word.lower().rstrip("s") in _TITLES or word.lower() in _TITLES


def _looks_like_a_name(word: str) -> bool:
    return any(letter.isupper() for letter in word[1:])


def _flat(text: str) -> str:
    return " " + " ".join(word.text.lower() for word in words(text)) + " "
