"""Answers a question from what the knowledge says: built in, or in the words of a language model."""
