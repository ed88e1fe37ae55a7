"""An answerer with a fixed script, for driving the page without an index or a model."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from coach.types import Answer, Citation, Delta, Exchange, Passage, TraceStep

ANSWER_NO_MORE = Passage(
    id="clo-objections#answer-no-more-executives",
    article="clo-objections",
    title="Answering the three objections to a CLO role",
    section="How to answer “We don't need another executive”",
    source="Training Industry, Advocating for a Chief Learning Officer",
    text=(
        'Answer "We don\'t need another executive" by showing that an executive-level L&D role can make the other '
        "leaders' jobs easier. Training Industry recommends two moves.\n\n"
        "1. **Name the extra work**: point to duplicated training, inconsistent messaging and similar inefficiencies "
        "that load work onto managers and executives, and explain how a CLO could help stop them.\n"
        "2. **Position a trusted partner**: describe a CLO who speaks up for each leader's team or department, gives "
        "strategic support and helps stakeholders reach their goals."
    ),
)
BENEATH = Passage(
    id="clo-objections#no-more-executives",
    article="clo-objections",
    title="Answering the three objections to a CLO role",
    section="“We don't need another executive”: what lies beneath",
    source="Training Industry, Advocating for a Chief Learning Officer",
    text=(
        'Leaders who say "We don\'t need another executive" usually mean that the top table feels crowded. Training '
        "Industry lists three concerns the objection can stem from.\n\n"
        "- **Resource competition**: another executive competes for the same resources.\n"
        "- **Power dynamics**: a new chair changes who holds influence.\n"
        "- **Fear of interference**: another C-suite leader might meddle in responsibilities that are already taken."
    ),
)
TEXT = (
    "Show that a learning executive would take work off the other leaders' desks, because the objection is rarely "
    "about headcount. It usually means the top table already feels crowded, and the fear is competition for "
    "resources, shifting influence or interference. [1]\n\n"
    "1. **Name the extra work** they carry today: duplicated training and inconsistent messages that land on "
    "managers and executives. [2]\n"
    "2. **Position the role as a trusted partner** who speaks up for each leader's own team. [2]\n\n"
    "**Say it like this**\n\n"
    "> “I don't want to add one more opinion to this table. I want to take work off your desk. May I show you where "
    "the same training is built twice?”"
)
NO_SOURCE = (
    "The knowledge base does not say what a CLO earns in Germany. It does cover how to argue for the cost of the role, "
    "and what credentials executives look for."
)
HOSTILE = (
    '<script>window.hacked = true</script> <img src="http://evil.example/x.png" onerror="window.hacked = true"> '
    "![pixel](http://evil.example/pixel.png) [click](http://evil.example/) and **bold** stays bold."
)


def citations() -> tuple[Citation, ...]:
    """Two verified citations, whose quotes stand in their passages."""
    quotes = {
        1: (BENEATH, "usually mean that the top table feels crowded"),
        2: (
            ANSWER_NO_MORE,
            "point to duplicated training, inconsistent messaging and similar inefficiencies",
        ),
    }
    return tuple(
        Citation(
            n,
            one.article,
            one.title,
            one.section,
            one.source,
            quote,
            one.id,
            verified=True,
        )
        for n, (one, quote) in quotes.items()
    )


class ScriptedAnswerer:
    """Answers by the words in the question; `slow` waits before each word after the third until `go` is set."""

    label = "builtin"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.histories: list[Sequence[Exchange]] = []

    def stream(self, question: str, history: Sequence[Exchange]) -> Iterator[Delta | Answer]:
        """Yield the scripted words, then the answer."""
        self.histories.append(history)
        if "break" in question:
            yield Delta("The first words ")
            raise RuntimeError("the script says so")
        answer = self._answer(question)
        for count, word in enumerate(answer.text.split(" ")):
            if "slow" in question and count > 3:
                self.go.wait(20)
            yield Delta(word + " ")
        yield answer

    def passage(self, passage_id: str) -> Passage | None:
        """Return one of the two passages."""
        return {one.id: one for one in (ANSWER_NO_MORE, BENEATH)}.get(passage_id)

    def _answer(self, question: str) -> Answer:
        if "earn" in question:
            return Answer(question, question, "no_source", NO_SOURCE, (), "builtin", 0.04)
        if "hostile" in question:
            return Answer(
                question,
                question,
                "answered",
                HOSTILE + " " + question,
                (),
                "builtin",
                0.04,
            )
        return Answer(
            question,
            question,
            "answered",
            TEXT,
            citations(),
            "builtin",
            0.06,
            suggestions=(
                "What if they are not ready yet?",
                "Give me an opening line for the COO",
                "Which of the three fears is most common?",
            ),
            trace=(
                TraceStep(
                    "kind of question",
                    {"kind": "objection", "playbook": "no-more-executives"},
                ),
                TraceStep(
                    "search",
                    {"passages": [BENEATH.id, ANSWER_NO_MORE.id], "best": 0.712},
                ),
            ),
        )
