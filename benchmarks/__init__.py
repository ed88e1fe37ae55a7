"""`make bench`: measures retrieval, answers, the server and the intake of documents. Nothing here asserts a time."""
