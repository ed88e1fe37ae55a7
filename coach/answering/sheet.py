"""A sheet on which an answer is put together: paragraphs with numbered, verbatim citations."""

from __future__ import annotations

from coach.types import Citation, Passage


class Sheet:
    """Collects paragraphs and gives each cited passage a number in the order of first use."""

    def __init__(self) -> None:
        self._paragraphs: list[str] = []
        self._numbers: dict[str, int] = {}
        self._citations: list[Citation] = []

    def add(self, text: str, passage: Passage | None = None, quote: str = "") -> None:
        """Add a paragraph; with a passage it carries the mark of that passage and `quote`, which must stand in it."""
        if passage is None:
            self._paragraphs.append(text)
            return
        first, _, rest = text.partition("\n")
        self._paragraphs.append(f"{first} {self.mark(passage, quote)}" + (f"\n{rest}" if rest else ""))

    def mark(self, passage: Passage, quote: str) -> str:
        """Return the `[n]` of a passage, citing it when it is new."""
        if passage.id not in self._numbers:
            self._numbers[passage.id] = len(self._numbers) + 1
            self._citations.append(
                Citation(
                    n=self._numbers[passage.id],
                    article=passage.article,
                    title=passage.title,
                    section=passage.section,
                    source=passage.source,
                    quote=quote,
                    passage_id=passage.id,
                    verified=bool(quote) and quote in passage.text,
                )
            )
        return f"[{self._numbers[passage.id]}]"

    @property
    def text(self) -> str:
        """The answer so far, as Markdown."""
        return "\n\n".join(self._paragraphs)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations, by number."""
        return tuple(self._citations)

    @property
    def passages(self) -> tuple[str, ...]:
        """Ids of the cited passages, in the order of their numbers."""
        return tuple(self._numbers)
