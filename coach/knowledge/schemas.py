"""What staff may write: the formats of articles, playbooks, competencies, facts and sources.

These models are the boundary; `coach knowledge schema` writes them as JSON Schemas for editors.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+#[a-z0-9-]+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
SectionType = Literal["list", "how-to", "definition", "figure", "example", "comparison", "person", "advice", "gap"]


class Strict(BaseModel):
    """Refuses unknown keys, so that a mistyped one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """A document the knowledge is written from."""

    id: Id
    publisher: Text
    title: Text
    date: Text
    mentioned_as: list[Text] = Field(min_length=1, description="Words by which a question refers to this document.")

    @property
    def citation(self) -> str:
        """Publisher, title and date, as shown under a citation."""
        publisher = "" if self.publisher.startswith("unnamed") else f"{self.publisher}, "
        return f"{publisher}“{self.title}”" + ("" if self.date == "undated" else f", {self.date}")


class ArticleHeader(Strict):
    """The front matter of an article."""

    id: Id
    title: Text
    sources: list[Id] = Field(min_length=1, description="Ids from sources.yaml.")
    kind: Literal["model", "guidance", "evidence", "career", "reference"]
    reviewed: date


class SectionNotes(Strict):
    """The comment block that ends a section: it is not shown, it tells the coach what the section is for."""

    type: SectionType = Field(description="What the section is; `gap` states that the sources do not say something.")
    asked: list[Text] = Field(min_length=3, description="How learners ask for it, in their own words.")
    why: Reference | None = Field(None, description="Where the question “why?” leads.")
    example: Reference | None = Field(None, description="Where “give me an example” leads.")
    next: list[Reference] = Field(default_factory=list, max_length=3, description="Good follow-ups.")


class Concern(Strict):
    """What may lie beneath an objection, and how to tell."""

    concern: Text
    sign: Text


class Move(Strict):
    """One thing to do in the conversation, with a line to say."""

    do: Text
    say: Text


class Evidence(Strict):
    """A passage that supports the playbook, and how to use it."""

    passage: Reference
    use: Text


class Playbook(Strict):
    """How to handle one objection."""

    id: Id
    objection: Text
    origin: Literal["source", "coaching"] = Field(
        description="`coaching` goes beyond the sources: no evidence of its own."
    )
    sources: list[Id]
    said_by: list[Text] = Field(min_length=1)
    said_as: list[Text] = Field(min_length=10, description="Ways people really say it.")
    beneath: list[Concern] = Field(min_length=2)
    answer: Text = Field(description="The direct answer, 2-4 sentences, second person.")
    moves: list[Move] = Field(min_length=3)
    evidence: list[Evidence]
    ask: list[Text] = Field(min_length=2)
    pitfalls: list[Text] = Field(min_length=2)
    next_step: Text
    if_still_no: Move
    example: Text


class Competency(Strict):
    """A competency with what it looks like at work."""

    id: Id
    name: Text
    passage: Reference
    behaviours: list[Text] = Field(min_length=2)
    manager_level: Text
    executive_level: Text
    development: list[Text] = Field(min_length=1)


class Responsibility(Strict):
    """One of the model's core responsibilities."""

    id: Id
    number: int = Field(ge=1)
    name: Text
    article: Id
    summary: Text
    competencies: list[Competency] = Field(min_length=1)


class CompetencyModel(Strict):
    """The competency model as data."""

    model: Text
    source: Id
    guidance_note: Text
    responsibilities: list[Responsibility] = Field(min_length=1)


class Fact(Strict):
    """A fact that questions get wrong, so that a false premise can be corrected before it is answered.

    A question contradicts it when one of `about` occurs and a value of the same sort other than `right` does.
    """

    id: Id
    about: list[list[Text]] = Field(
        min_length=1, description="Groups of alternatives; a question is about this fact when every group occurs in it."
    )
    right: list[Text] = Field(min_length=1, description="Right values, as people write them.")
    wrong: list[Text] = Field(default_factory=list, description="Wrong values that people confuse with it.")
    sort: Literal["number", "name"] = Field(description="`number`: any other number contradicts; `name`: only `wrong`.")
    noun: list[Text] = Field(default_factory=list, description="For numbers: what is counted, next to the number.")
    correction: Text = Field(description="One sentence that puts it right, e.g. “It is seven, not {said}: …”.")
    passage: Reference
