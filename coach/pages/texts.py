"""Every word that the page shows, in one place; a text with `{}` is filled in where it is shown."""

from __future__ import annotations

from typing import Final

PRODUCT: Final = "Executive Coach"
PAGE_TITLE: Final = "Ask · Executive Coach"
DESCRIPTION: Final = "An executive coach for learning-and-development leaders, with sources you can check."

# Header
NAV_LABEL: Final = "Main"
NAV_ASK: Final = "Ask"
SKIP_LINK: Final = "Skip to your question"
BADGE_BUILTIN: Final = "Built-in coach · no language model"
BADGE_BUILTIN_SHORT: Final = "Built-in coach"
BADGE_BUILTIN_WHY: Final = (
    "Answers are composed on this machine from the programme's own articles. No language model is connected, so "
    "nothing you write leaves this machine."
)
BADGE_MODEL_WHY: Final = (
    "{} words the answers. Your question and the passages found for it are sent to that model; every citation is "
    "checked here before you see it."
)
SHOW_SHELF: Final = "Conversations"
THEME_TOGGLE: Final = "Switch between light and dark"

# Conversations
SHELF_LABEL: Final = "Your conversations"
SEARCH_LABEL: Final = "Search conversations"
NEW_CONVERSATION: Final = "New conversation"
SHELF_EMPTY: Final = "Your conversations will be kept here."
SHELF_NO_MATCH: Final = "No conversation contains that."
TODAY: Final = "Today"
YESTERDAY: Final = "Yesterday"
THIS_WEEK: Final = "Past seven days"
EARLIER: Final = "Earlier"
RENAME: Final = "Rename"
RENAME_FIELD: Final = "Name of the conversation"
DELETE: Final = "Delete"
DELETE_QUESTION: Final = "Delete this conversation for good?"
CONVERSATION_ACTIONS: Final = "Rename or delete “{}”"
SAVE: Final = "Save"
CANCEL: Final = "Cancel"
KEEP: Final = "Keep it"
EXPORT: Final = "Export"
EXPORT_WHY: Final = "Save this conversation as a Markdown file"
EXCHANGES_ONE: Final = "1 question"
EXCHANGES_MANY: Final = "{} questions"

# Before the first question
WELCOME_TITLE: Final = "What conversation are you preparing for?"
WELCOME_LEAD: Final = (
    "Ask how to earn a seat at the executive table. You get a direct answer, a line you can say out loud, and the "
    "passage it rests on."
)
STARTERS_LABEL: Final = "Questions to start with"
STARTERS: Final = (
    ("An objection", "How do I handle “we don't need another executive”?"),
    ("The role", "What are the seven responsibilities of a senior L&D leader?"),
    ("Your path", "Half of us want to be CLO, so why do so few arrive?"),
    (
        "The numbers",
        "How do I turn an 85 % completion rate into something my CFO cares about?",
    ),
    ("First steps", "Where do I start if nobody has ever had a CLO here?"),
    ("An objection", "My CEO says we are not ready yet. What now?"),
)
NOTE_TITLE: Final = "Before you start"
NOTE_AI: Final = "This coach is an AI and can be wrong: open the numbered sources before you rely on an answer."
NOTE_STORED: Final = "Your conversations and ratings are kept on this machine, in {}, until you delete them."
NOTE_NOTHING_LEAVES: Final = "No language model is connected, so nothing you write leaves this machine."
NOTE_MODEL: Final = "A language model is connected ({}), so your questions and the passages found are sent to it."
NOTE_DISMISS: Final = "Understood"

# Asking
QUESTION_LABEL: Final = "Your question"
QUESTION_PLACEHOLDER: Final = "Ask in your own words…"
SEND: Final = "Ask"
STOP: Final = "Stop"
COMPOSER_HINT: Final = "Enter to ask · Shift + Enter for a new line"
QUESTION_CUT: Final = "Your question was longer than {} characters. The coach read the first {}."
ANSWERING: Final = "The coach is answering."
ANSWER_READY: Final = "The answer is ready."
TALK_LABEL: Final = "Conversation"

# An exchange
YOU: Final = "You asked"
COACH: Final = "The coach"
READING: Final = "Reading the sources…"
STOPPED: Final = "This answer was stopped before it was finished."
INTERRUPTED: Final = "This answer was interrupted before it was finished."
FAILED: Final = "Something went wrong here, and the details are in the log. Your question is kept: try again."
STATUS_WORDS: Final = {
    "answered": "",
    "no_source": "The knowledge base does not cover this",
    "out_of_scope": "Outside what this coach is for",
    "declined": "Declined",
}
SOURCES: Final = "Sources"
CITATION_OPEN: Final = "Source {}: {}"
NOT_VERIFIED: Final = "not verified"
FOLLOW_UPS: Final = "You could ask next"
COPY: Final = "Copy"
COPIED: Final = "Copied"
COPY_WHY: Final = "Copy the answer"
COPY_LINE: Final = "Copy this line"
RETRY: Final = "Try again"
EDIT: Final = "Edit question"
EDIT_FIELD: Final = "Other words for this question"
EDIT_SEND: Final = "Ask again"
EDIT_WARNING: Final = "The answer below will be replaced."
ANSWERED_BY_BUILTIN: Final = "Built-in coach"
ANSWER_TIME: Final = "{} · {} s"
UNDER_A_TENTH: Final = "under 0.1"
TRACE: Final = "How this answer was made"
TRACE_QUESTION: Final = "Read as"

# Rating
HELPFUL: Final = "This helped"
NOT_HELPFUL: Final = "Something is wrong with this answer"
RATING_TITLE: Final = "What was wrong?"
RATING_REASONS: Final = {
    "answer_wrong": "The answer is wrong",
    "evidence_wrong": "The evidence does not fit",
    "not_helpful": "It did not help me",
    "offensive": "It is offensive",
}
RATING_COMMENT: Final = "What should it have said? (optional)"
RATING_SEND: Final = "Send feedback"
RATING_PRIVACY: Final = "Kept on this machine with the question and answer; programme staff can read it."
RATED_UP: Final = "Thank you. Noted as helpful."
RATED_DOWN: Final = "Thank you. Your feedback is stored."

# Evidence
EVIDENCE_LABEL: Final = "Evidence"
EVIDENCE_NUMBER: Final = "Source {}"
EVIDENCE_CLOSE: Final = "Close the evidence"
EVIDENCE_VERIFIED: Final = "Verified"
EVIDENCE_VERIFIED_WHY: Final = (
    "The marked sentence stands word for word in this passage, which was found for your question."
)
EVIDENCE_NOT_VERIFIED: Final = "Not verified"
EVIDENCE_NOT_VERIFIED_WHY: Final = (
    "The coach could not find this sentence word for word in the passage. Read the passage before you rely on it."
)
EVIDENCE_FROM: Final = "From"
EVIDENCE_GONE: Final = "The passage has since left the knowledge base. This is the sentence the answer quoted:"
EVIDENCE_TYPES: Final = {"guidance": "Coaching guidance", "advice": "Coaching guidance"}

# When something does not work
CONVERSATION_GONE: Final = "That conversation is not here any more."
COOKIE_NEEDED: Final = "This page needs a cookie to keep your conversations apart from other people's."
COOKIE_REMEDY: Final = "Allow cookies for this address, then reload the page."
LOADING: Final = "Opening the coach…"
NO_SCRIPT: Final = "The coach needs JavaScript. Nothing is loaded from other sites."

# Export
EXPORT_HEAD: Final = (
    "Exported from Executive Coach on {}. An AI wrote the answers: check the sources before you rely on them."
)
EXPORT_FILE: Final = "conversation"
EXPORT_UNANSWERED: Final = "(not answered)"
