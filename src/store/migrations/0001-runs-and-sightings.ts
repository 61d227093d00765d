/**
 * `step` has a row for each action begun or settled: without a state it was begun and its outcome is unknown.
 * `plan_part` holds the long lists of a plan in compressed pieces, since one of a million actions fits no single value.
 */
export const RUNS_AND_SIGHTINGS = `
CREATE TABLE run (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL UNIQUE,
  target_key TEXT NOT NULL,
  target_name TEXT NOT NULL,
  state TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  action_count INTEGER NOT NULL,
  predicted_bytes INTEGER NOT NULL,
  freed_bytes INTEGER,
  plan_head BLOB NOT NULL
) STRICT;
CREATE INDEX run_by_target ON run (target_key, state);

CREATE TABLE plan_part (
  run_key INTEGER NOT NULL REFERENCES run (key),
  list TEXT NOT NULL,
  first INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (run_key, list, first)
) STRICT;

CREATE TABLE step (
  run_key INTEGER NOT NULL REFERENCES run (key),
  action INTEGER NOT NULL,
  state TEXT,
  detail TEXT NOT NULL DEFAULT '',
  freed_bytes INTEGER,
  at TEXT,
  PRIMARY KEY (run_key, action)
) STRICT, WITHOUT ROWID;

CREATE TABLE sighting (
  target_key TEXT NOT NULL,
  image_id TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  last_used_at TEXT,
  PRIMARY KEY (target_key, image_id)
) STRICT, WITHOUT ROWID;
`;
