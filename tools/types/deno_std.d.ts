// The Deno standard library reaches us through npm (`deno-std`), which carries no declarations.
// These cover the functions in use; the signatures are those of the library's own documentation.

declare module "@std/assert" {
  export class AssertionError extends Error {}
  export function assert(value: unknown, message?: string): asserts value;
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): void;
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  export function assertObjectMatch(
    actual: Record<PropertyKey, unknown>,
    expected: Record<PropertyKey, unknown>,
    message?: string,
  ): void;
  export function assertExists<T>(value: T, message?: string): asserts value is NonNullable<T>;
  export function assertLess<T>(actual: T, expected: T, message?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;
  export function assertGreater<T>(actual: T, expected: T, message?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void;
  export function assertThrows<E extends Error = Error>(
    run: () => unknown,
    // deno-lint-ignore no-explicit-any
    errorClass?: new (...args: any[]) => E,
    messageIncludes?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    run: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any
    errorClass?: new (...args: any[]) => E,
    messageIncludes?: string,
  ): Promise<E>;
  export function fail(message?: string): never;
}

declare module "@std/async/deadline" {
  export function deadline<T>(
    promise: Promise<T>,
    milliseconds: number,
    options?: { signal?: AbortSignal },
  ): Promise<T>;
}

declare module "@std/bytes" {
  export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
  export function equals(a: Uint8Array, b: Uint8Array): boolean;
}

declare module "@std/encoding" {
  export function encodeHex(data: Uint8Array | ArrayBuffer | string): string;
  export function decodeHex(text: string): Uint8Array<ArrayBuffer>;
  export function encodeBase64(data: Uint8Array | ArrayBuffer | string): string;
  export function decodeBase64(text: string): Uint8Array<ArrayBuffer>;
  export function encodeBase64Url(data: Uint8Array | ArrayBuffer | string): string;
  export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer>;
}

declare module "@std/path" {
  export const SEPARATOR: string;
  export function basename(path: string, suffix?: string): string;
  export function dirname(path: string): string;
  export function extname(path: string): string;
  export function fromFileUrl(url: string | URL): string;
  export function isAbsolute(path: string): boolean;
  export function join(...paths: string[]): string;
  export function relative(from: string, to: string): string;
  export function resolve(...paths: string[]): string;
  export function globToRegExp(
    glob: string,
    options?: { extended?: boolean; globstar?: boolean; caseInsensitive?: boolean },
  ): RegExp;
}
