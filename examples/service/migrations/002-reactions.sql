-- greenlight: expand
-- v1.9.0 neither reads nor writes these: both versions can run beside each other.
ALTER TABLE messages ADD COLUMN edited_at timestamptz;
ALTER TABLE messages ADD COLUMN pinned boolean NOT NULL DEFAULT false;
CREATE TABLE reactions (
  message_id uuid NOT NULL REFERENCES messages (id),
  author text NOT NULL,
  kind text NOT NULL,
  PRIMARY KEY (message_id, author, kind)
);
CREATE INDEX CONCURRENTLY messages_by_author ON messages (author);
