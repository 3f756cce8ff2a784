/**
 * Dates of the classic dialect: DD/MM/YY in local time; four-digit years are read as well. Two
 * digits mean 1970–2069, the window in which file times lie.
 */

/** Formats Unix time in ms as DD/MM/YY, local time. */
export function formatClassicDate(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value % 100).padStart(2, "0");
  return `${two(date.getDate())}/${two(date.getMonth() + 1)}/${two(date.getFullYear())}`;
}

/** Unix time in ms of local midnight on that day, or `undefined` if there is no such day. */
export function parseClassicDate(text: string): number | undefined {
  const [, day, month, digits] = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(text) ?? [];
  if (day === undefined || month === undefined || digits === undefined) return undefined;
  const year = digits.length === 4
    ? Number(digits)
    : Number(digits) + (Number(digits) < 70 ? 2000 : 1900);
  const date = new Date(year, Number(month) - 1, Number(day));
  // `Date` takes years below 100 for those of the last century, and 31/02 for a day in March.
  const exists = date.getFullYear() === year && date.getMonth() === Number(month) - 1 &&
    date.getDate() === Number(day);
  return exists && date.getTime() >= 0 ? date.getTime() : undefined;
}
