"""Turns a message that leans on the conversation into one that stands alone. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from coach.reading.asked_values import asked_value
from coach.reading.questions import Reading
from coach.types import Answer, Exchange, Focus

_ORDINALS = {
    word: number
    for number, words in enumerate(
        ("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th",
         "ninth 9th", "tenth 10th"),
        1,
    )
    for word in words.split()
}  # fmt: skip
_CARDINALS = {word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
# “No one” is not number one: after the short forms only digits count.
_NUMBERED = re.compile(
    r"\b(?:number|point|item)\s*(\d{1,2}|" + "|".join(_CARDINALS) + r")\b|(?:\bno\.?|\bnr\.?|#)\s*(\d{1,2})\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"\b(it|that|this|those|these|them|they|he|she|him|her|his|hers|their|one|ones|there|so|then)\b|^\W*(and|but|or|what about"
    r"|how about|why|ok|okay)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(she|he|him|her)\b", re.IGNORECASE)
_OWNER = re.compile(r"\b(his|her(?= \w))\b", re.IGNORECASE)
_POINTING = re.compile(r"\b(it|that|this|those|these|them)\b", re.IGNORECASE)
_COUNTED = frozenset(
    "objection responsibility responsibilitie competency competencie question point mark skill step area".split()
)
# Longer messages carry their own subject.
_SHORT = 14
ACTS = (
    "nth",
    "shorter",
    "longer",
    "why",
    "example",
    "still_no",
    "who",
    "how",
    "audience",
    "next",
    "doubt",
    "elliptical",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A message made to stand alone: what it asks of the earlier answer (`act`), and that answer."""

    standalone: str
    act: str = "standalone"
    before: Answer | None = None
    item: str = ""

    @property
    def focus(self) -> Focus:
        """What the earlier answer was about."""
        return self.before.focus if self.before else Focus()


def resolve(
    reading: Reading,
    history: Sequence[Exchange],
    people: Sequence[str] = (),
    lists: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Turn:
    """Return the message as a question that stands alone, in the light of the conversation.

    `people` are the names that “he” or “she” may stand for; `lists` the knowledge base's numbered lists by heading.
    """
    before = _last_answer(history)
    words = len(reading.text.split())
    if before is not None and (member := _member(reading.text, words, history)):
        return member
    heading, item = member_of(reading.text, lists) if words <= _SHORT else ("", "")
    if item:
        return Turn(f"{item} ({heading})", "nth", before, item)
    if before is None:
        return Turn(reading.text)
    act = _act(reading, words)
    named = _with_person(reading.text, before, people)
    if named != reading.text and words > 3 and act != "still_no" and not before.focus.playbook:
        return Turn(named, "person", before)
    subject = before.focus.subject or before.question
    # “Who is Amy DuVernet?” asks for a person, not for the source of the earlier answer.
    if act == "standalone" or (act == "who" and _names_person(reading.text, people)):
        return Turn(reading.text)
    if act == "elliptical":
        return Turn(f"{_trimmed(reading.text)} ({subject})", act, before)
    return Turn(_standalone_text(act, reading.text, subject), act, before)


def _member(text: str, words: int, history: Sequence[Exchange]) -> Turn | None:
    """The member of an earlier list that a message means by its number; the list must be of what it names."""
    if words > _SHORT + 6 or not ordinal(text, 1):
        return None
    noun = named_member(text)
    for exchange in reversed(history[-8:]):
        answer = exchange.answer
        if answer is None or len(answer.focus.items) < 2:
            continue
        if noun and noun[:6] not in answer.focus.subject.lower():
            continue
        number = ordinal(text, len(answer.focus.items))
        if 1 <= number <= len(answer.focus.items):
            item = answer.focus.items[number - 1]
            return Turn(f"{item} ({answer.focus.subject})", "nth", answer, item)
    return None


def member_of(text: str, lists: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Return (heading, member) when a message names a member by number and noun: “the third objection”, else blanks.

    `lists` are the members by heading; the heading must hold the noun.
    """
    noun = named_member(text)
    for heading, items in lists.items():
        if noun and noun[:6] in heading.lower() and 1 <= ordinal(text, len(items)) <= len(items):
            return heading, items[ordinal(text, len(items)) - 1]
    return "", ""


def named_member(text: str) -> str:
    """Return what an ordinal counts (“the third objection” → objection), empty when it is not said."""
    match = re.search(rf"\b(?:{'|'.join(_ORDINALS)}|last)\s+(?:common\s+|core\s+)?(\w+)", text.lower())
    noun = match.group(1).rstrip("s") if match else ""
    return noun if noun in _COUNTED else ""


def _names_person(text: str, people: Sequence[str]) -> bool:
    return any(name.split()[-1].lower() in text.lower() for name in people)


def _with_person(text: str, before: Answer, people: Sequence[str]) -> str:
    """Put the person whom the earlier answer spoke of in the place of “he” or “she”."""
    spoken = f"{before.question} {before.standalone_question} {before.focus.subject} {before.text}"
    if not _PERSON.search(text) or _names_person(text, people):
        return text
    places = {name: spoken.find(name.split()[-1]) for name in people if name.split()[-1] in spoken}
    if not places:
        return text
    name = min(places, key=lambda person: places[person])
    owned = _OWNER.sub(f"{name}'s", text)
    return _trimmed(_PERSON.sub(name, owned))


def ordinal(text: str, members: int) -> int:
    """Return which member of a list a message means, 0 when it means none; “the last one” needs `members`."""
    lowered = text.lower()
    if match := _NUMBERED.search(lowered):
        word = match.group(1) or match.group(2)
        return _CARDINALS.get(word, 0) or int(word)
    for word, number in _ORDINALS.items():
        if re.search(
            rf"\b(?:the |your |their )?{word}\b(?!\s+(?:time|step|thing|place|of all|meeting|quarter|half))", lowered
        ):
            return number
    if re.search(r"\bthe last (one|of|objection|point|question|item|skill|step|area|responsibility)\b", lowered):
        return members
    return 0


def _act(reading: Reading, words: int) -> str:
    probabilities = reading.follow_up
    best = reading.best_follow_up
    leaning = bool(_LEANING.search(reading.text))
    alone = probabilities["standalone"]
    if reading.scope["off_topic"] > 0.5 and words > 3:
        return "standalone"
    if asked_value(reading.text) is not None and words <= _SHORT and not probabilities["standalone"] > 0.8:
        return "elliptical"
    # A long message with a subject of its own is a new question, whatever words it leans on.
    if words > _SHORT + 8 or (words > _SHORT and alone > 0.3):
        return "standalone"
    pointing = bool(_POINTING.search(reading.text))
    if best == "standalone":
        return "elliptical" if words <= 12 and (pointing or (leaning and alone < 0.75) or words <= 2) else "standalone"
    if probabilities[best] < 0.3 or (words > 7 and not leaning and alone > 0.2):
        return "elliptical" if leaning else "standalone"
    return best


def _standalone_text(act: str, text: str, subject: str) -> str:
    wording = {
        "shorter": f"In short: {subject}",
        "longer": f"More on: {subject}",
        "why": f"Why? {subject}",
        "example": f"Give me an example: {subject}",
        "still_no": f"What if the answer is still no? {subject}",
        "who": f"Who says so? {subject}",
        "how": f"How do I do that? {subject}",
        "next": f"What comes next? {subject}",
        "doubt": f"Is that right? {subject}",
    }
    return wording.get(act, f"{_trimmed(text)} ({subject})")


def _trimmed(text: str) -> str:
    return re.sub(
        r"^\W*(and|but|ok|okay|so|thanks|thank you)[,.!]*\s+", "", " ".join(text.split()), flags=re.IGNORECASE
    )


def _last_answer(history: Sequence[Exchange]) -> Answer | None:
    """The last answer that was about something; a declined or off-topic one has no subject to come back to."""
    for exchange in reversed(history):
        if (
            exchange.answer is not None
            and exchange.answer.status in ("answered", "no_source")
            and (exchange.answer.focus.passages or exchange.answer.focus.playbook)
        ):
            return exchange.answer
    return None
