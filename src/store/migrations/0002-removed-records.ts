/** `removed` has what an action was about to remove, as compressed JSON. */
export const REMOVED_RECORDS = `
CREATE TABLE removed (
  run_key INTEGER NOT NULL REFERENCES run (key),
  action INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (run_key, action)
) STRICT;
`;
