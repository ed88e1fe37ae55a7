"""What the coach knows: articles and playbooks, an organisation's documents, the index and its search."""
