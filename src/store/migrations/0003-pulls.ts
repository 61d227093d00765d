/**
 * `pull_watch` says for which time all pulls from a registry were heard: from `since` until `until`, by the listener of that
 * name; `heard_at` is when the registry itself last told anything. `pull_spool`: how far a spool file has been read.
 */
export const PULLS = `
CREATE TABLE pull (
  registry TEXT NOT NULL,
  repository TEXT NOT NULL,
  digest TEXT NOT NULL,
  last_pulled_at TEXT NOT NULL,
  PRIMARY KEY (registry, repository, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE pull_watch (
  registry TEXT PRIMARY KEY,
  listener TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  heard_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pull_spool (
  path TEXT PRIMARY KEY,
  inode INTEGER NOT NULL,
  read_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
