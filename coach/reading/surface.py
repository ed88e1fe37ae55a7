"""What exact rules can read off a question: a fixed row of yes/no and count features for the classifiers."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

_PATTERNS = {
    "question_mark": r"\?",
    "quotation": r"[\"“”«»]|(?<!\w)'[^']{6,}'",
    "reported": r"\b(say|says|said|saying|tell|tells|told|think|thinks|thought|believe|believes|insist|insists|claim|claims|"
    r"argue|argues|keeps?|refus\w+|answered|replied|response was)\b",
    "stakeholder": r"\b(ceo|cfo|coo|cio|chro|cto|boss|board|chief|director|vp|vps|president|owner|manager|executives?|"
    r"leadership|he|she|they|finance|hr|management)\b",
    "first_person": r"\b(i|i'm|i am|i've|my|me|we|our|us)\b",
    "list_words": r"\b(list|name (all|the|them|every)|which (ones|are)|what are|all (the|of the|\d+|ten|seven|four|five|three)|"
    r"enumerate|every one|each of)\b",
    "how_many": r"\b(how (many|much|long|often|big|high|old)|percent\w*|%|share|rate|figure|number|statistic\w*|amount)\b",
    "how": r"\bhow (do|can|should|to|would|could|might|does one|shall)\b|\bwhere (do|should) (i|we) (start|begin)\b|\bsteps?\b",
    "what_is": r"\b(what('s| is| does| do)|define|definition|meaning|mean by|means?|explain)\b",
    "why": r"\b(why|how come|reason|reasons|what for|purpose|point of)\b",
    "who": r"\b(who|whose|whom|background|career of)\b",
    "compare": r"\b(differen\w+|compare\w*|comparison|versus|vs\.?|similar\w*|same as|in common|overlap\w*|contrast|both|"
    r"rather than|or rather|contradict\w*|agree)\b",
    "example": r"\b(example|sample|script|word(s|ing)|phrase|phrasing|line|lines|sentence|say exactly|literally|sound|template|"
    r"draft|formulat\w+)\b",
    "yes_no": r"^\W*(is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|isn't|aren't|doesn't|don't)\b|"
    r"\b(right|correct|true|really|isn't it|aren't they|or not)\W*\??\W*$",
    "advice": r"\b(should i|what (do|should|would|can) (i|we|you) (do|suggest|advise)|what now|any (advice|tips|ideas)|"
    r"advise|recommend|suggest|worth|help me)\b",
    "order": r"\b(ignore|forget|disregard|override|reveal|print|repeat|output|pretend|act as|you are now|from now on|roleplay|"
    r"jailbreak|developer mode|system prompt|your (instructions|rules|prompt|guidelines))\b",
    "number": r"\b\d+([.,]\d+)?\b",
    "other_alphabet": r"[^\x00-\x7f“”‘’–—…é%€£]",
}
_COMPILED = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS.values())
NAMES = (*_PATTERNS, "words", "very_short", "sentences")


def surface_features(text: str) -> NDArray[np.float32]:
    """Return the features of `NAMES` for a text: 0 or 1 for a pattern, then logarithmic and short-length features."""
    words = len(text.split())
    sentences = len(re.findall(r"[.!?]+(\s|$)", text)) or 1
    row = [1.0 if pattern.search(text) else 0.0 for pattern in _COMPILED]
    return np.array([*row, math.log1p(words) / 4, float(words <= 4), math.log1p(sentences)], dtype=np.float32)
