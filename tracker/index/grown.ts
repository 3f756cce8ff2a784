/** A larger list of numbers that begins with those of another. */
export function grown<T extends Uint16Array | Int32Array | Uint32Array | Float64Array>(
  larger: T,
  numbers: T,
): T {
  larger.set(numbers);
  return larger;
}
