/** Writes a number down, with its unit. */
export type Unit = (value: number) => string;

function digits(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}

export const units = {
  seconds: (value: number): string => `${value.toFixed(2)} s`,
  milliseconds: (value: number): string => `${digits(value)} ms`,
  microseconds: (value: number): string => `${digits(value)} µs`,
  /** Bytes. */
  megabytes: (value: number): string => `${digits(value / 1e6)} MB`,
  /** Bytes, of sizes that are powers of two. */
  mebibytes: (value: number): string => `${digits(value / 2 ** 20)} MiB`,
  /** Bytes a second. */
  megabytesPerSecond: (value: number): string => `${digits(value / 1e6)} MB/s`,
  perSecond: (value: number): string => `${digits(value)}/s`,
  kibibytes: (value: number): string => `${digits(value / 1024)} KiB`,
  /** A share of 1. */
  percent: (value: number): string => `${(value * 100).toFixed(1)} %`,
  plain: (value: number): string => digits(value),
} satisfies Record<string, Unit>;
