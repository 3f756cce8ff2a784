import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeMessage, limits, trackerRequests } from "../../shared/mod.ts";
import { hexId, path } from "../../shared/testing/values.ts";
import { shareLines, unshareLine } from "./share_lines.ts";

const anyFile = fc.record({
  path,
  size: fc.nat(),
  modified: fc.nat(),
  id: hexId,
});

Deno.test("shareLines announces every file once, on lines that a tracker takes", () => {
  fc.assert(
    fc.property(fc.array(anyFile, { maxLength: 12 }), fc.nat({ max: 60 }), (some, times) => {
      const files = Array.from({ length: times }, () => some).flat();
      const lines = shareLines(files);
      const read = lines.map(({ bytes, files }) => {
        assert(bytes.length <= limits.lineBytes);
        const message = decodeMessage(trackerRequests, bytes.subarray(0, -1));
        assert(message.verb === "SHARE" && message.files.length === files);
        return message.files;
      });
      assertEquals(read.flat().map((file) => ({ ...file })), files);
    }),
    { numRuns: 30 },
  );
});

Deno.test("shareLines fills its lines", () => {
  const file = { path: "計画/🎵 é.txt", size: 1, modified: 1, id: "0".repeat(64) };
  const lines = shareLines(Array.from({ length: 2000 }, () => file));
  for (const { bytes } of lines.slice(0, -1)) assert(bytes.length > limits.lineBytes - 200);
});

Deno.test("unshareLine names the paths", () => {
  const file = { path: "a/é", size: 1, modified: 1, id: "0".repeat(64) };
  assertEquals(new TextDecoder().decode(unshareLine([file])), 'UNSHARE {"paths":["a/é"]}\n');
});
