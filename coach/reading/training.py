"""Trains the readers from the labelled sentences in `knowledge/reading` (`make train`; needs the dev dependencies).

L2-regularized multinomial logistic regression on MiniLM embeddings and surface features, as measured in
shared/research/evaluation-anchors.md, section 6. The coefficients are committed beside the data.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coach.knowledge.search import Asking, save_askings
from coach.reading.classifier import Reader, joined, save_readers
from coach.reading.questions import FOLLOW_UP, KINDS, SCOPE, Embedder
from coach.reading.surface import surface_features

STRENGTH = 10.0
SETS = {KINDS: ("question-kinds.jsonl", "kind"), SCOPE: ("question-scope.jsonl", "scope")}
READERS = "readers.npz"
ASKINGS = "askings.npz"


def labelled(path: Path, field: str) -> list[tuple[str, str]]:
    """Return (text, label) pairs of a JSON Lines file."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(str(row["text"]), str(row[field])) for row in rows]


def train_reader(examples: Sequence[tuple[str, str]], embedder: Embedder) -> tuple[Reader, float]:
    """Return a reader and its accuracy in ten-fold cross-validation."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    texts, labels = [text for text, _ in examples], np.array([label for _, label in examples])
    vectors = embedder.embed(texts)
    rows = np.stack([joined(vector, surface_features(text)) for vector, text in zip(vectors, texts, strict=True)])
    weights = {label: (len(labels) / (len(set(labels)) * n)) ** 0.5 for label, n in Counter(labels.tolist()).items()}
    model = LogisticRegression(C=STRENGTH, max_iter=4000, class_weight=weights)
    guesses = cross_val_predict(model, rows, labels, cv=StratifiedKFold(10, shuffle=True, random_state=1))
    model.fit(rows, labels)
    reader = Reader(tuple(model.classes_.tolist()), model.coef_.astype(np.float32), model.intercept_.astype(np.float32))
    return reader, float(np.mean(guesses == labels))


def train_all(folder: Path, on_topic: Sequence[str], embedder: Embedder) -> dict[str, float]:
    """Train every reader and write `readers.npz`; return the cross-validated accuracies.

    `on_topic` are the questions that articles and playbooks say learners ask: they widen that label's examples.
    """
    readers, accuracies = {}, {}
    for name, (file, field) in {**SETS, FOLLOW_UP: ("follow-ups.jsonl", "act")}.items():
        examples = labelled(folder / file, field)
        if name == SCOPE:
            examples += [(text, "on_topic") for text in on_topic]
            # What learners ask and how they follow up is in scope, however short, blunt or long it is.
            examples += [(text, "on_topic") for text, _ in labelled(folder / SETS[KINDS][0], "kind")]
            for path in sorted(folder.glob("section-questions*.jsonl")):
                examples += [(text, "on_topic") for text, _ in labelled(path, "section")]
            follow_ups = labelled(folder / "follow-ups.jsonl", "act")
            examples += [(text, "on_topic") for text, act in follow_ups if act != "standalone"]
        if name == FOLLOW_UP:
            examples += [(text, "standalone") for text in on_topic[::12]]
        readers[name], accuracies[name] = train_reader(examples, embedder)
    save_readers(readers, folder / READERS)
    return accuracies


def train_askings(folder: Path, embedder: Embedder) -> dict[str, Asking]:
    """Return the mean vector of the further questions of each passage (`section-questions*.jsonl`), and write them."""
    by_passage: dict[str, list[str]] = {}
    for path in sorted(folder.glob("section-questions*.jsonl")):
        for text, passage in labelled(path, "section"):
            by_passage.setdefault(passage, []).append(text)
    askings = {}
    for passage, texts in by_passage.items():
        askings[passage] = Asking(embedder.embed(texts).mean(axis=0), len(texts))
    if askings:
        save_askings(askings, folder / ASKINGS)
    return askings


def main() -> None:
    """Train with the shipped knowledge and the installed embedding model."""
    from coach.knowledge.content import read_knowledge
    from coach.models.embedding import MiniLM
    from coach.settings import load_settings

    settings = load_settings()
    knowledge = read_knowledge(settings.knowledge_path)
    asked = [text for record in knowledge.records() for text in record.passage.asked]
    embedder = MiniLM(settings.models_path, settings.threads)
    accuracies = train_all(settings.knowledge_path / "reading", asked, embedder)
    askings = train_askings(settings.knowledge_path / "reading", embedder)
    sys.stdout.write(
        f"{sum(asking.count for asking in askings.values())} further questions for {len(askings)} passages\n"
    )
    for name, accuracy in accuracies.items():
        sys.stdout.write(f"{name}: {accuracy:.3f} cross-validated accuracy\n")


if __name__ == "__main__":
    main()
