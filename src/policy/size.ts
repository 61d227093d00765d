const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  p: 1e15,
  pb: 1e15,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
};
const SIZE = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i;

/**
 * Reads a size in bytes. `10GB` and `10G` are decimal, as docker prints sizes; `10GiB` is binary. Undefined when the text
 * is none, or beyond 2^53 bytes.
 */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = SIZE.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNIT_BYTES[unit.toLowerCase()];
  if (amount === undefined || factor === undefined) return undefined;
  const bytes = Math.round(Number(amount) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A size for people, four significant digits in decimal units as docker prints them: `1.234GB`. */
export function formatSize(bytes: number): string {
  let value = Math.abs(bytes);
  let step = 0;
  while (value >= 999.95 && step < DECIMAL.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = step === 0 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
  return `${bytes < 0 ? "-" : ""}${digits}${DECIMAL[step]}`;
}
