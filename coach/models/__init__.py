"""Models: chat models, the embedding model with its weights, counting tokens."""
