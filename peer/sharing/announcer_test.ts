import { assert, assertEquals, assertLess, assertLessOrEqual, assertMatch } from "@std/assert";
import {
  encodeMessage,
  LanyardError,
  limits,
  parseSharePath,
  type SharedFile,
  type TrackerRequest,
} from "../../shared/mod.ts";
import { eventually, patience, within } from "../../tests/support/waiting.ts";
import type { Greeting, TrackerClient } from "../tracker_client/mod.ts";
import { Announcer } from "./announcer.ts";
import { ListDigest } from "./list_digest.ts";

/** A tracker client that writes down what is asked, and answers when the test wants it to. */
class FakeClient {
  readonly requests: TrackerRequest[] = [];
  /** Requests under way, and the most there were. */
  pending = 0;
  mostPending = 0;
  readonly #answer: (request: TrackerRequest) => Promise<void> | void;

  constructor(answer: (request: TrackerRequest) => Promise<void> | void = () => {}) {
    this.#answer = answer;
  }

  async request(request: TrackerRequest): Promise<unknown> {
    encodeMessage(request); // What fits no line cannot be sent.
    this.requests.push(request);
    this.mostPending = Math.max(this.mostPending, ++this.pending);
    try {
      await Promise.resolve();
      await this.#answer(request);
      return { verb: "ACCEPTED", files: 0 };
    } finally {
      this.pending--;
    }
  }

  /** The requests, as `VERB path path …`, since the last call. */
  told(): string[] {
    return this.requests.splice(0).map((request) =>
      request.verb === "SHARE"
        ? `SHARE ${request.files.map(({ path }) => path).join(" ")}`
        : request.verb === "UNSHARE"
        ? `UNSHARE ${request.paths.join(" ")}`
        : request.verb
    );
  }

  get client(): TrackerClient {
    return this as unknown as TrackerClient;
  }
}

function greeting(known?: boolean, files?: number): Greeting {
  return {
    verb: "HI",
    version: 2,
    tracker: "t",
    id: "f".repeat(64),
    peer: "e".repeat(64),
    accepted: true,
    known: known ?? false,
    limits: files === undefined ? {} : { files },
  };
}

function fileOf(path: string, size = 1): SharedFile {
  return { path: parseSharePath(path), size, modified: 1, id: "a".repeat(64) };
}

function announcer(refused: string[] = []): Announcer {
  return new Announcer(new ListDigest("5e".repeat(32)), ({ code }) => refused.push(code));
}

Deno.test({
  name: "Announcer tells what there is when it is connected, and that it was all",
  permissions: "none",
  fn: async () => {
    const fake = new FakeClient();
    const announcing = announcer();
    announcing.add(fileOf("a"));
    announcing.add(fileOf("b"));
    assertEquals(announcing.digest, undefined);
    announcing.connect(fake.client, greeting());
    await within(announcing.settled(), patience);
    const [, shared] = fake.requests;
    assertEquals(fake.told(), ["SHARE a b", "SHARED"]);
    assertMatch(announcing.digest ?? "", /^[0-9a-f]{64}$/);
    assertEquals(shared, { verb: "SHARED", digest: announcing.digest ?? "" });
    assertEquals(announcing.size, 2);
  },
});

Deno.test({
  name: "Announcer says when a tracker has been told everything, also one that knew it",
  permissions: "none",
  fn: async () => {
    const [fake, told] = [new FakeClient(), [] as string[][]];
    const announcing = new Announcer(
      new ListDigest("5e".repeat(32)),
      () => {},
      (client) => {
        assertEquals(client, fake.client);
        told.push(fake.told());
      },
    );
    announcing.add(fileOf("a"));
    announcing.connect(fake.client, greeting());
    await within(announcing.settled(), patience);
    announcing.disconnect();
    announcing.connect(fake.client, greeting(true));
    await eventually(() => told.length === 2 || undefined, patience);
    assertEquals(told, [["SHARE a", "SHARED"], []]);
  },
});

Deno.test({
  name: "Announcer tells changes, those of one turn together, the last word on each file only",
  permissions: "none",
  fn: async () => {
    const fake = new FakeClient();
    const announcing = announcer();
    announcing.connect(fake.client, greeting());
    await within(announcing.settled(), patience);
    fake.told();
    announcing.add(fileOf("a"));
    announcing.add(fileOf("b"));
    announcing.add(fileOf("a", 7));
    announcing.add(fileOf("c"));
    announcing.remove(parseSharePath("c"));
    announcing.remove(parseSharePath("never"));
    assertEquals(announcing.digest, undefined, "the tracker does not have this list yet");
    await within(announcing.settled(), patience);
    const share = fake.requests.find(({ verb }) => verb === "SHARE");
    assertEquals(share?.verb === "SHARE" && share.files.map(({ size }) => size), [7, 1]);
    assertEquals(fake.told(), ["UNSHARE c", "SHARE a b", "SHARED"]);
    announcing.remove(parseSharePath("b"));
    await within(announcing.settled(), patience);
    assertEquals(fake.told(), ["UNSHARE b", "SHARED"]);
  },
});

Deno.test({
  name: "Announcer gives a digest of the list as it is, whatever happened on the way",
  permissions: "none",
  fn: async () => {
    const [plain, winding] = [announcer(), announcer()];
    const late = new FakeClient(({ verb }) => {
      // In the middle of the last word, the list changes once more.
      if (verb === "SHARED" && winding.size === 1) winding.add(fileOf("b"));
    });
    for (const size of [1, 2, 3]) winding.add(fileOf("a", size));
    winding.connect(late.client, greeting());
    plain.add(fileOf("b"));
    plain.add(fileOf("a", 3));
    plain.connect(new FakeClient().client, greeting());
    await within(Promise.all([plain.settled(), winding.settled()]), patience);
    assertEquals(late.told(), ["SHARE a", "SHARED", "SHARE b", "SHARED"]);
    assertEquals(winding.digest, plain.digest);
  },
});

Deno.test({
  name: "Announcer tells nothing again to a tracker that still knows the list",
  permissions: "none",
  fn: async () => {
    const announcing = announcer();
    announcing.add(fileOf("a"));
    announcing.connect(new FakeClient().client, greeting());
    await within(announcing.settled(), patience);
    const { digest } = announcing;
    announcing.disconnect();
    const second = new FakeClient();
    announcing.connect(second.client, greeting(true));
    await within(announcing.settled(), patience);
    assertEquals([second.told(), announcing.digest], [[], digest]);
    announcing.disconnect();
    const third = new FakeClient();
    announcing.connect(third.client, greeting(false));
    await within(announcing.settled(), patience);
    assertEquals([third.told(), announcing.digest], [["SHARE a", "SHARED"], digest]);
  },
});

Deno.test({
  name: "Announcer has no digest to show for a list that changed while it was away",
  permissions: "none",
  fn: async () => {
    const announcing = announcer();
    announcing.add(fileOf("a"));
    announcing.connect(new FakeClient().client, greeting());
    await within(announcing.settled(), patience);
    announcing.disconnect();
    announcing.remove(parseSharePath("a"));
    announcing.add(fileOf("b"));
    assertEquals(announcing.digest, undefined);
    const back = new FakeClient();
    announcing.connect(back.client, greeting());
    await within(announcing.settled(), patience);
    assertEquals(back.told().at(-1), "SHARED");
  },
});

Deno.test({
  name: "Announcer tells everything again when the connection was lost in the middle",
  permissions: "none",
  fn: async () => {
    const gone = new LanyardError("closed", "gone");
    const refused: string[] = [];
    const announcing = announcer(refused);
    announcing.add(fileOf("a"));
    announcing.connect(new FakeClient(() => Promise.reject(gone)).client, greeting());
    const settled = announcing.settled();
    announcing.add(fileOf("b"));
    await eventually(() => announcing.digest === undefined ? true : undefined, patience);
    const back = new FakeClient();
    announcing.connect(back.client, greeting());
    await within(settled, patience);
    await within(announcing.settled(), patience);
    assertEquals(back.told().filter((line) => line.startsWith("SHARE ")), ["SHARE a b"]);
    assertEquals(refused, [], "a lost connection is nobody's refusal");
  },
});

Deno.test({
  name: "hostile 38: Announcer cuts a long list into lines that fit, a few of them under way",
  permissions: "none",
  fn: async () => {
    const fake = new FakeClient();
    const announcing = announcer();
    const paths = Array.from({ length: 5000 }, (_, at) => `${'é"'.repeat(60)}/${at}`);
    for (const path of paths) announcing.add(fileOf(path));
    announcing.connect(fake.client, greeting());
    await within(announcing.settled(), patience);
    const told = fake.requests.flatMap((one) => one.verb === "SHARE" ? one.files : []);
    assertEquals(told.map(({ path }) => String(path)), paths);
    const lines = fake.requests.filter(({ verb }) => verb === "SHARE");
    for (const line of lines) assertLessOrEqual(encodeMessage(line).length, limits.lineBytes);
    // As few lines as that takes: each is at least three quarters full.
    const bytes = lines.reduce((sum, line) => sum + encodeMessage(line).length, 0);
    assertLess(lines.length, 1 + bytes / (0.75 * limits.lineBytes));
    assert(fake.mostPending > 1 && fake.mostPending <= 8, `${fake.mostPending} under way`);
    for (const path of paths) announcing.remove(parseSharePath(path));
    await within(announcing.settled(), patience);
    const gone = fake.requests.flatMap((one) => one.verb === "UNSHARE" ? one.paths : []);
    assertEquals(gone.map(String), paths);
  },
});

Deno.test({
  name: "Announcer announces no more files than the tracker takes, and others when there is room",
  permissions: "none",
  fn: async () => {
    const fake = new FakeClient();
    const refused: string[] = [];
    const announcing = announcer(refused);
    for (const path of ["a", "b", "c"]) announcing.add(fileOf(path));
    announcing.connect(fake.client, greeting(false, 2));
    announcing.add(fileOf("d"));
    await within(announcing.settled(), patience);
    assertEquals(fake.told(), ["SHARE a b", "SHARED"]);
    assertEquals([announcing.size, refused], [2, ["too-many"]], "said once");
    announcing.remove(parseSharePath("d"));
    announcing.remove(parseSharePath("a"));
    await within(announcing.settled(), patience);
    assertEquals(fake.told(), ["UNSHARE a", "SHARE c", "SHARED"]);
    assertEquals(announcing.size, 2);
  },
});

Deno.test({
  name: "Announcer says that files were refused, and goes on with later ones",
  permissions: "none",
  fn: async () => {
    const refused: string[] = [];
    const announcing = announcer(refused);
    const fake = new FakeClient((request) => {
      const isBad = request.verb === "SHARE" && request.files.some(({ path }) => path === "bad");
      if (isBad) throw new LanyardError("too-many", "no");
    });
    announcing.connect(fake.client, greeting());
    announcing.add(fileOf("bad"));
    await within(announcing.settled(), patience);
    assertEquals(refused, ["too-many"]);
    fake.told();
    announcing.add(fileOf("good"));
    await within(announcing.settled(), patience);
    assertEquals(fake.told(), ["SHARE good", "SHARED"]);
  },
});
