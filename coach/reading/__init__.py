"""What a text does: kind of question, scope, follow-ups, premises, spelling."""
