-- greenlight: expand
CREATE TABLE messages (
  id uuid PRIMARY KEY,
  author text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
