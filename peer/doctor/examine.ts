import { describeLinks, hearOurselves, linksOf } from "../../net/discovery/mod.ts";
import { idWords } from "../../net/mod.ts";
import { LanyardError } from "../../shared/mod.ts";
import { greetTracker } from "../joined.ts";
import { KnownTrackers } from "../known_trackers.ts";
import type { CommonOptions } from "../options.ts";
import { openPeer, type Peer } from "../peer.ts";
import { stateFolderOf } from "../settings.ts";
import type { Finding } from "./finding.ts";
import { findFirewall, judgeFirewall } from "./firewall.ts";
import { judgeFolder, lookAt } from "./folders.ts";
import { judgeHearing } from "./hearing.ts";
import { judgeNetwork } from "./network.ts";
import { PortTrial } from "./port_trial.ts";
import { judgeCall, judgeReach } from "./reach.ts";
import { judgeSpeed, measure } from "./speed.ts";
import { judgeTracker } from "./tracker.ts";

/** What is looked at beside what every command has. */
export interface DoctorOptions extends CommonOptions {
  /** The folder that copied files go to. */
  output: string;
}

/** Looks at everything that has to work, from the bottom up; each finding comes when it is made. */
export async function* examine(options: DoctorOptions): AsyncGenerator<Finding> {
  const links = linksOf(Deno.networkInterfaces());
  yield judgeNetwork(describeLinks(links));
  const hearings = await hearOurselves(links);
  yield judgeHearing(hearings);
  const state = await lookAt(stateFolderOf(options.state));
  yield judgeFolder("state", state, "--state");
  yield judgeFolder("downloads", await lookAt(options.output), "-o");
  let isBlocked = hearings.some(({ outcome }) => outcome === "not heard");
  if (state.unwritable === undefined) {
    for await (const finding of examineTracker(options)) {
      isBlocked ||= finding.name === "port" && finding.verdict === "problem";
      yield finding;
    }
  }
  yield judgeFirewall(await findFirewall(Deno.build.os), isBlocked);
}

async function* examineTracker(options: CommonOptions): AsyncGenerator<Finding> {
  let peer: Peer;
  try {
    peer = await openPeer(options);
  } catch (error) {
    if (!(error instanceof LanyardError) || error.code === "usage") throw error;
    yield { name: "state", verdict: "problem", message: error.message, remedy: "As it says" };
    return;
  }
  try {
    yield* visit(peer);
  } finally {
    await peer.shutdown.run();
  }
}

async function* visit(peer: Peer): AsyncGenerator<Finding> {
  const { door, membership, stateFolder } = peer;
  const trial = new PortTrial(peer);
  const before = membership === undefined
    ? undefined
    : await (await KnownTrackers.open(stateFolder)).ids();
  let session: Awaited<ReturnType<typeof greetTracker>>;
  try {
    session = await greetTracker(peer, 0, { onPush: (push) => trial.heed(push) });
  } catch (error) {
    if (!(error instanceof LanyardError)) throw error;
    yield* judgeTracker({ error });
    return;
  }
  const { client, greeting } = session;
  yield* judgeTracker({
    name: greeting.tracker,
    endpoint: door.endpoint,
    encrypted: membership !== undefined,
    isNew: before?.has(greeting.id) === false,
    words: await idWords(greeting.id),
  });
  const reach = await trial.reach(session);
  yield judgeReach(reach);
  if (reach.outcome === "blocked") {
    yield judgeCall(await trial.call(session).then(() => undefined, (error) => error));
  }
  yield judgeSpeed(await measure(client));
}
