import type { OnlinePeer } from "../../shared/mod.ts";
import type { Dialer } from "../dialer.ts";
import { onlinePeers } from "../find.ts";
import type { TrackerClient } from "../tracker_client/mod.ts";
import type { UploadLimits } from "../upload/mod.ts";
import { Delivery } from "./delivery.ts";

/** What deliveries to one receiver have in common. */
export interface DeliveryOptions {
  tracker: TrackerClient;
  dialer: Dialer;
  limits: UploadLimits;
}

/**
 * Opens one connection after the other to a receiver, wherever it is by then.
 *
 * @param first where it was when it was chosen
 */
export function deliveriesTo(
  first: OnlinePeer,
  { tracker, dialer, limits }: DeliveryOptions,
): () => Promise<Delivery> {
  let receiver = first;
  // If the tracker is away, it may be where it was.
  const online = (): Promise<OnlinePeer[]> => onlinePeers(tracker, true).catch(() => [receiver]);
  return async () => {
    receiver = (await online()).find(({ peer }) => peer === first.peer) ?? receiver;
    const { peer, address, port } = receiver;
    const isThere = async (): Promise<boolean> =>
      (await online()).some((one) =>
        one.peer === peer && one.address === address && one.port === port
      );
    return new Delivery(await dialer.dial(receiver), { peer, address, isThere }, limits);
  };
}
