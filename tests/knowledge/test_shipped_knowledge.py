"""The shipped knowledge is whole: every list of the five documents, every playbook, nobody else's sentences."""

from __future__ import annotations

import re
import subprocess

import pytest

from coach.knowledge.content import Knowledge, read_knowledge
from coach.types import Passage
from tests.conftest import ROOT

FOLDER = ROOT / "knowledge"
OWN_WORDS = ROOT.parent / "shared" / "bin" / "own-words"

RESPONSIBILITIES = [
    "Strategic Alignment",
    "Executive Influence",
    "Financial Management",
    "Learning Function Oversight",
    "Technology and Resource Management",
    "Team Leadership",
    "Change Leadership",
]
# As the five documents name them, in their order; articles may shorten a name but not leave one out.
LISTS = {
    "senior-ld-competency-model#seven-responsibilities": RESPONSIBILITIES,
    "senior-ld-competency-model#all-competencies": RESPONSIBILITIES,
    "alignment-ten-points#the-ten-points": [
        "Defining Clear Objectives",
        "Leadership Involvement in L&D",
        "Customised Learning Pathways",
        "Feedback Mechanisms",
        "Technology Integration",
        "Fostering a Culture of Continuous Learning",
        "Strategic Alignment of Skills Development",
        "Measuring ROI on L&D",
        "Communication and Visibility",
        "Adaptability and Continuous Improvement",
    ],
    "csuite-partnership#four-questions": ["Business outcomes", "Behaviour", "Success", "Obstacles"],
    "csuite-partnership#four-marks-of-maturity": [
        "Joint goal definition",
        "Continuous dialogue",
        "Transparent success measurement",
        "Cultural anchoring",
    ],
    "clo-objections#three-objections": [
        '"We don\'t need another executive."',
        '"We\'re not ready yet."',
        '"What\'s the value?"',
    ],
    "executive-skills#five-skills": [
        "Executive Presence",
        "Strategic Thinking",
        "Financial and Business Acumen",
        "Data-Driven Decision-Making",
        "Resilience and Adaptability",
    ],
    "training-manager-to-clo#four-stretch-areas": [
        "Gain Enterprise-Wide Exposure",
        "Build Influence Outside of L&D",
        "Develop Financial Fluency",
        "Champion Change",
    ],
    "advocating-for-a-clo#steps": [
        'Assess the Current State of Learning & Identify "Quick Wins"',
        "Connect L&D to Business Objectives",
        "Build the Case and Gather Support",
        "Anticipate Roadblocks",
        "Build and Highlight Executive-Level Skills",
    ],
    "advocating-for-a-clo#portfolio-questions": ["What's out there?", "What are people doing?", "Who's doing what?"],
    "training-manager-to-clo#key-functions": ["Finance", "Operations", "Human resources (HR)"],
    "speaking-business-language#which-kpis": ["Productivity gains", "Reduced turnover", "ROI"],
    "speaking-business-language#new-competencies": ["Data analysis", "Business acumen", "Strategic thinking"],
    "alignment-ten-points#measuring-roi": ["Employee productivity", "Retention", "Innovation"],
    "ai-tutor#for-executives": ["Volume", "Difficulty", "Progress"],
    "quoted-experts#three-experts": ["Amy DuVernet", "Barbara Jordan", "Aaron Jones"],
    "nonlinear-careers#jordan-career": [
        "Flight attendant",
        "Operations and training",
        "Instructional design and development",
        "UBS",
        "Jackson Hewitt",
        "Sims Limited",
    ],
}
COMPETENCIES = {
    "strategic-alignment": 5,
    "executive-influence": 4,
    "financial-management": 4,
    "learning-function-oversight": 4,
    "technology-and-resource-management": 3,
    "team-leadership": 3,
    "change-leadership": 4,
}
# A figure with the words that belong to it, in one section of that article.
FIGURES = [
    ("advocating-for-a-clo", ["50%", "1%", "Training Industry"]),
    ("training-manager-to-clo", ["half", "1%"]),
    ("retention-case", ["98", "retention", "Aaron Jones", "Live Nation"]),
    ("speaking-business-language", ["85"]),
    ("executive-skills", ["3-5 years", "DuVernet"]),
]
FROM_SOURCES = {"no-more-executives", "not-ready-yet", "what-is-the-value"}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return read_knowledge(FOLDER)


@pytest.fixture(scope="module")
def passages(knowledge: Knowledge) -> dict[str, Passage]:
    return {record.passage.id: record.passage for record in knowledge.records()}


def members(text: str) -> list[str]:
    return re.findall(r"^(?:- |\d+\. )\*\*(.+?)\*\*", text, re.MULTILINE)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_all_its_members_in_order(passages: dict[str, Passage], name: str) -> None:
    assert members(passages[name].text) == LISTS[name]
    assert passages[name].type == "list"


@pytest.mark.parametrize(("article", "count"), COMPETENCIES.items())
def test_each_responsibility_lists_its_competencies(
    knowledge: Knowledge, passages: dict[str, Passage], article: str, count: int
) -> None:
    data = next(part for part in knowledge.competencies.responsibilities if part.article == article)
    listed = members(passages[f"{article}#competencies"].text)
    assert len(listed) == count
    assert listed == [competency.name for competency in data.competencies]
    assert len({competency.passage for competency in data.competencies}) == count


def test_the_model_as_data_has_the_seven_in_order(knowledge: Knowledge) -> None:
    parts = knowledge.competencies.responsibilities
    assert [part.name for part in parts] == RESPONSIBILITIES
    assert [part.number for part in parts] == list(range(1, 8))


@pytest.mark.parametrize(("article", "words"), FIGURES)
def test_figures_stand_beside_who_said_them(knowledge: Knowledge, article: str, words: list[str]) -> None:
    assert any(all(word in section.body for word in words) for section in knowledge.articles[article].sections)


def test_there_are_playbooks_for_the_objections_leaders_meet(knowledge: Knowledge) -> None:
    assert len(knowledge.playbooks) >= 15
    of_sources = {name for name, playbook in knowledge.playbooks.items() if playbook.origin == "source"}
    assert of_sources == FROM_SOURCES
    for playbook in knowledge.playbooks.values():
        assert len({said.lower() for said in playbook.said_as}) >= 10, playbook.id
        assert playbook.evidence if playbook.origin == "source" else not playbook.sources, playbook.id


def test_every_document_is_drawn_on_and_every_passage_says_from_where(
    knowledge: Knowledge, passages: dict[str, Passage]
) -> None:
    assert len(knowledge.sources) == 5
    assert {name for passage in passages.values() for name in passage.documents} == set(knowledge.sources)
    assert all(passage.source for passage in passages.values())
    assert all(passage.documents for passage in passages.values() if passage.type != "objection")


def test_sections_are_whole_passages_with_their_own_ways_of_asking(passages: dict[str, Passage]) -> None:
    assert not [name for name in passages if "~" in name and not name.startswith("playbook#")]
    assert all(len(set(passage.asked)) == len(passage.asked) for passage in passages.values())


def test_what_the_sources_only_announce_is_stated_as_such(passages: dict[str, Passage]) -> None:
    gaps = " ".join(passage.text for passage in passages.values() if passage.type == "gap").lower()
    assert all(word in gaps for word in ("case studies", "figure", "quiz", "salary"))


def test_facts_point_to_passages_that_hold_the_right_value(knowledge: Knowledge, passages: dict[str, Passage]) -> None:
    words = {"3": "three", "4": "four", "5": "five", "7": "seven", "10": "ten"}
    for fact in knowledge.facts:
        text = f"{passages[fact.passage].section} {passages[fact.passage].text}".lower()
        values = [*fact.right, *(words[value] for value in fact.right if value in words)]
        assert any(value.lower().rstrip("% ") in text for value in values), fact.id


@pytest.mark.skipif(not OWN_WORDS.exists(), reason="the source documents are not on this machine")
def test_no_sentence_is_taken_from_a_document() -> None:
    shown = [FOLDER / name for name in ("articles", "objections", "competencies.yaml", "phrases.yaml")]
    done = subprocess.run([OWN_WORDS, *shown], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
