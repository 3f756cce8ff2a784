/** What a tracker says of itself to whoever does not know it yet. Nothing of it is proven. */
export interface TrackerNotice {
  /** Its label, as it gave it to itself. */
  readonly name: string;
  /** The id that its certificate has to give: 64 hex digits. */
  readonly id: string;
  /** Where it listens without encryption; missing if nowhere. */
  readonly port?: number | undefined;
  /** Where it listens with encryption; missing if nowhere. */
  readonly tlsPort?: number | undefined;
}
