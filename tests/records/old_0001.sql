-- A database of layout 0001 as the program left it, in SQL that SQLite and PostgreSQL both take.
CREATE TABLE records_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO records_version VALUES ('0001');
CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY, visitor TEXT NOT NULL, title TEXT NOT NULL, folded TEXT NOT NULL,
    created TIMESTAMP NOT NULL, updated TIMESTAMP NOT NULL
);
CREATE INDEX ix_conversations_visitor_updated ON conversations (visitor, updated);
CREATE TABLE exchanges (
    id TEXT NOT NULL PRIMARY KEY, conversation TEXT NOT NULL, position INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT, partial TEXT NOT NULL, folded TEXT NOT NULL,
    state TEXT NOT NULL, superseded BOOLEAN NOT NULL, asked TIMESTAMP NOT NULL,
    FOREIGN KEY (conversation) REFERENCES conversations (id) ON DELETE CASCADE,
    CONSTRAINT uq_exchanges_conversation_position UNIQUE (conversation, position),
    CONSTRAINT ck_exchanges_state CHECK (state IN ('pending', 'complete', 'stopped'))
);
CREATE INDEX ix_exchanges_state ON exchanges (state);
CREATE TABLE feedback (
    exchange TEXT NOT NULL PRIMARY KEY, verdict TEXT NOT NULL, reason TEXT NOT NULL, comment TEXT NOT NULL,
    rated TIMESTAMP NOT NULL,
    FOREIGN KEY (exchange) REFERENCES exchanges (id) ON DELETE CASCADE,
    CONSTRAINT ck_feedback_verdict CHECK (verdict IN ('up', 'down'))
);
INSERT INTO conversations VALUES (
    'c0ffee', 'vera', 'Budget talk', 'budget talk', '2026-01-02 03:04:05.000006', '2026-01-02 03:04:06.000007'
);
INSERT INTO exchanges VALUES (
    'e0', 'c0ffee', 0, 'How do I ask for budget?',
    '{"version": 1, "question": "How do I ask for budget?", "standalone_question": "How do I ask for budget?", "status": "answered", "text": "Start with the cost of doing nothing.", "citations": [], "model": "builtin", "seconds": 0.1}',
    '', 'how do i ask for budget?', 'complete', FALSE, '2026-01-02 03:04:06.000007'
);
INSERT INTO feedback VALUES ('e0', 'down', 'wrong', 'too short', '2026-01-02 03:05:00.000000');
