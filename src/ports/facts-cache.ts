/**
 * Facts that never change for their key (an image ID, a chain ID): fetched once, kept on disk. Losing it costs time,
 * never correctness. `scope` keeps targets apart whose keys could mean different bytes (`engine:<id>`).
 */
export interface FactsCache {
  /** The stored JSON texts of those keys that are known. */
  read(scope: string, keys: readonly string[]): ReadonlyMap<string, string>;
  write(scope: string, entries: ReadonlyMap<string, string>): void;
  /** Forgets what is not in `keys` any more. */
  retain(scope: string, keys: ReadonlySet<string>): void;
}
