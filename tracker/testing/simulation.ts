import { assert, assertEquals } from "@std/assert";
import { prove, reasonOf, type SharePath } from "../../shared/mod.ts";
import { Dice } from "../../tests/support/dice.ts";
import { type Holder as KeyHolder, makeHolders } from "../../tools/bench/load/holders.ts";
import { Caller, FakeClock, from, hex, type Yard } from "../_fakes.ts";
import type { FileIndex } from "../index/mod.ts";
import { defaultTrackerOptions } from "../options.ts";
import { Registry } from "../registry.ts";
import { ExpectedYard, type Tenure } from "./expected_yard.ts";
import { anyFile, anyPlace, anyText } from "./simulated_files.ts";
import { YardInspector } from "./yard_inspector.ts";

/** One of so many has a key. */
const keyEvery = 4;
/** Files that a session may hold: few, so that somebody wants more. */
const mostFiles = 12;
/** Steps between two looks at everything. */
const lookEvery = 500;
/** Longest time between two steps, in s. */
const longestPause = 5;
/** One step of so many comes after a long silence, in s, so that leases end. */
const silence = { onceIn: 40, seconds: 200 };

/** The tracker ends and begins again before one step of so many. */
const restartEvery = 300;
/** Peers that are back before it has cleared up. */
const backAtOnce = 30;

/** Somebody's end of a session, with what is expected of it. */
interface Seat {
  caller: Caller;
  tenure: Tenure;
  /** The peer's id. */
  peer: string;
}

/** An index that can be closed. */
export type Index = FileIndex & AsyncDisposable;

/** Who takes part, in which order, and where. */
export interface Cast {
  seed: number;
  peers: number;
  /** Opens the index. */
  open(): Promise<Index>;
  /** Whether it is there again, with what is in it, when it is closed and opened. */
  isLasting: boolean;
}

/** What somebody who is here may do, as often as it is in the list. */
const deeds = [
  ...["share", "share", "share", "change", "change", "unshare", "shared", "shared"],
  ...["bye", "die", "die", "return"],
] as const;

/**
 * Many peers that come, announce, change, leave, die and come back, in an order that a seed gives,
 * at a tracker without sockets whose clock stands still in between. After each step something that
 * has to do with it is asked; every so many steps everything is.
 */
export class Simulation implements AsyncDisposable {
  readonly #clock = new FakeClock();
  readonly #cast: Cast;
  readonly #expected = new ExpectedYard(mostFiles);
  readonly #keys: readonly KeyHolder[];
  readonly #seats: Seat[][];
  /** What each has ever called a list of its own, the last first: some may count no more. */
  readonly #digests: string[][];
  #index: Index;
  #registry: Registry;
  #labels = 0;

  private constructor(index: Index, cast: Cast, keys: readonly KeyHolder[]) {
    this.#cast = cast;
    this.#keys = keys;
    this.#seats = Array.from({ length: cast.peers }, () => []);
    this.#digests = Array.from({ length: cast.peers }, () => []);
    this.#index = index;
    this.#registry = this.#openRegistry();
  }

  static async of(cast: Cast): Promise<Simulation> {
    const keys = await makeHolders(Math.ceil(cast.peers / keyEvery));
    return new Simulation(await cast.open(), cast, keys);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#index[Symbol.asyncDispose]();
  }

  /** @throws {Error} that says at which step something was not as expected, and how to see it again. */
  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      try {
        await this.#step(Dice.for(this.#cast.seed, step));
        if ((step + 1) % lookEvery === 0 || step + 1 === steps) await this.#lookAtEverything();
      } catch (cause) {
        const again = `LANYARD_SIM_SEED=${this.#cast.seed} LANYARD_SIM_STEPS=${step + 1}`;
        const why = reasonOf(cause);
        throw new Error(`Step ${step} went wrong (again: ${again}): ${why}`, { cause });
      }
    }
  }

  async #step(dice: Dice): Promise<void> {
    const { onceIn, seconds } = silence;
    this.#clock.advance(dice.below(longestPause) + (dice.once(onceIn) ? seconds : 0));
    this.#expected.expire(this.#clock.now());
    await this.#registry.expire();
    if (this.#cast.isLasting && dice.once(restartEvery)) await this.#restart(dice);
    const owner = this.#somebody(dice);
    const seats = this.#seats[owner] ?? [];
    const seat = seats[dice.below(seats.length)];
    if (seat === undefined) await this.#join(dice, owner);
    else await this.#do(dice, owner, seat);
    await this.#askAround(dice, owner);
  }

  /** The tracker is another one, with the index of the one before, and many are back at once. */
  async #restart(dice: Dice): Promise<void> {
    await this.#index[Symbol.asyncDispose]();
    this.#expected.restart(this.#clock.now());
    for (const seats of this.#seats) seats.length = 0;
    this.#index = await this.#cast.open();
    this.#registry = this.#openRegistry();
    const first = dice.below(this.#seats.length - backAtOnce);
    for (let owner = first; owner < first + backAtOnce; owner++) await this.#join(dice, owner);
  }

  #openRegistry(): Registry {
    const options = {
      ...defaultTrackerOptions(),
      name: "yard",
      id: hex(0xf00),
      clock: this.#clock,
      maxFiles: mostFiles,
    };
    return new Registry(options, this.#index, () => {});
  }

  /** One of all, some much more often than others: so there are long stories, and many. */
  #somebody(dice: Dice): number {
    const end = this.#seats.length;
    return dice.below(1 + dice.below(1 + dice.below(end)));
  }

  async #do(dice: Dice, owner: number, seat: Seat): Promise<void> {
    const { caller, tenure } = seat;
    switch (dice.pick(deeds)) {
      case "share":
        return await this.#share(seat, Array.from({ length: dice.below(6) }, () => anyFile(dice)));
      case "change": {
        const path = somePath(dice, tenure);
        return await this.#share(seat, path === undefined ? [] : [{ ...anyFile(dice), path }]);
      }
      case "unshare": {
        const paths = [somePath(dice, tenure) ?? anyFile(dice).path, anyFile(dice).path];
        this.#expected.unshare(tenure, paths);
        const { files } = await caller.get("ACCEPTED", { verb: "UNSHARE", paths });
        return this.#assertFiles(tenure, files);
      }
      case "shared": {
        const digest = `list ${tenure.label} ${this.#clock.now()} ${dice.below(2 ** 31)}`;
        tenure.digest = digest;
        this.#digests[owner]?.unshift(digest);
        const { files } = await caller.get("ACCEPTED", { verb: "SHARED", digest });
        return this.#assertFiles(tenure, files);
      }
      case "bye":
        this.#leave(owner, seat, true);
        return assertEquals(await caller.ask({ verb: "BYE" }), undefined);
      case "die":
        this.#leave(owner, seat, false);
        return await caller.session.end("lost");
      case "return":
        if ((this.#seats[owner]?.length ?? 0) < 2) await this.#join(dice, owner);
    }
  }

  /** Somebody comes, maybe with the digest of a list that the tracker may still have. */
  async #join(dice: Dice, owner: number): Promise<void> {
    const said = this.#digests[owner] ?? [];
    const digest = dice.once(8) ? "made up" : said[dice.once(4) ? dice.below(said.length) : 0];
    const port = dice.once(10) ? 2225 : 2224;
    const key = owner % keyEvery === 0 ? this.#keys[owner / keyEvery] : undefined;
    const label = `${owner}.${this.#labels++}`;
    const hello = { name: label, port, ...(digest === undefined ? {} : { digest }) };
    const yard = { registry: this.#registry } as Yard;
    const caller = new Caller(yard, from(`192.0.${owner >> 8}.${owner & 255}`, "192.0.2.1", !!key));
    const wanted = this.#expected.join(owner, { ...hello, label, encrypted: !!key });
    const { tenure } = wanted;
    const hi = await caller.hello(hello);
    const got = key === undefined ? hi : await this.#prove(caller, key, hi.nonce);
    assertEquals([got.accepted, got.known], [tenure.accepted, wanted.known], "HI is wrong");
    const seats = this.#seats[owner] ?? [];
    const before = seats.findIndex((seat) => seat.tenure === tenure);
    const [taken] = before === -1 ? [] : seats.splice(before, 1);
    assert(taken === undefined || taken.caller.events.includes("closed"), "The old one goes on");
    seats.push({ caller, tenure, peer: key?.id ?? hi.peer ?? "" });
  }

  async #prove(
    caller: Caller,
    key: KeyHolder,
    nonce = "",
  ): Promise<{ accepted?: boolean; known?: boolean }> {
    const proof = prove({ purpose: "tracker", nonce, server: hex(0xf00) }, key);
    return await caller.get("OK", { verb: "PROVE", ...proof });
  }

  async #share({ caller, tenure }: Seat, files: ReturnType<typeof anyFile>[]): Promise<void> {
    const hasRoom = this.#expected.share(tenure, files);
    const answer = await caller.ask({ verb: "SHARE", files });
    if (!hasRoom) return assertEquals(answer, "too-many");
    assert(typeof answer === "object" && answer.verb === "ACCEPTED", `SHARE got ${answer}`);
    this.#assertFiles(tenure, answer.files);
  }

  #leave(owner: number, seat: Seat, isBye: boolean): void {
    this.#expected.leave(seat.tenure, isBye, this.#clock.now());
    const seats = this.#seats[owner] ?? [];
    seats.splice(seats.indexOf(seat), 1);
  }

  #assertFiles({ holder, label }: Tenure, files: number): void {
    assertEquals(files, this.#expected.index.totals(holder).files, `${label} has other files`);
  }

  /** Asks something that the last step may have changed, and something else. */
  async #askAround(dice: Dice, owner: number): Promise<void> {
    const seats = this.#seats[dice.once(3) ? owner : this.#somebody(dice)] ?? [];
    const [seat] = seats;
    if (seat === undefined) return;
    const { caller, tenure, peer } = seat;
    if (!tenure.accepted) {
      return assertEquals(await caller.ask({ verb: "SEARCH", text: "plan" }), "nothing-shared");
    }
    const inspector = new YardInspector(this.#expected, caller, tenure.encrypted);
    const online = [...this.#expected.online];
    const of = online.filter((one) =>
      one === tenure || (tenure.encrypted && one.owner === tenure.owner)
    );
    const limit = 1 + dice.below(250);
    const { id = "", size } = anyFile(dice);
    switch (dice.below(12)) {
      case 0:
        return await inspector.list({ peer }, { of });
      case 1:
        return await inspector.list({ under: anyPlace(dice) }, {});
      case 2:
        return await inspector.peers();
      case 3:
        return await inspector.search({ text: anyText(dice), limit, peer }, { of });
      case 4:
        return await inspector.search({ text: anyText(dice), limit, type: "txt", minSize: 1100 });
      case 5:
        return await inspector.search({ text: anyFile(dice).path, limit, exact: true });
      case 6:
        return await inspector.search({ text: "", limit, id });
      case 7:
        return await inspector.search({ text: anyText(dice), limit });
      default:
        return await inspector.sources({ id, size });
    }
  }

  /** Asks a plain and an encrypted member for everything. */
  async #lookAtEverything(): Promise<void> {
    for (const encrypted of [false, true]) {
      const seat = this.#seats.flat()
        .find(({ tenure }) => tenure.accepted && tenure.encrypted === encrypted);
      if (seat === undefined) continue;
      const inspector = new YardInspector(this.#expected, seat.caller, encrypted);
      await inspector.listAll();
      await inspector.peers();
      const dice = new Dice(1);
      for (let asked = 0; asked < 40; asked++) {
        await inspector.search({ text: anyText(dice) });
        const { id = "", size } = anyFile(dice);
        await inspector.sources({ id, size });
      }
    }
  }
}

function somePath(dice: Dice, { paths }: Tenure): SharePath | undefined {
  return [...paths][dice.below(paths.size)];
}
