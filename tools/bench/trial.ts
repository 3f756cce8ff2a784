/** Something that is measured once a round, and what came out each time. */
export class Trial<T> {
  readonly name: string;
  readonly figures: T[] = [];
  readonly #measure: (round: number) => Promise<T>;

  constructor(name: string, measure: (round: number) => Promise<T>) {
    this.name = name;
    this.#measure = measure;
  }

  async run(round: number): Promise<void> {
    this.figures.push(await this.#measure(round));
  }
}

/**
 * Makes trials in turn, round after round, so that what else the machine does meets all of them
 * alike. Who begins changes from round to round.
 */
export async function interleave(
  rounds: number,
  trials: readonly Trial<unknown>[],
  log: (line: string) => void,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const first = round % trials.length;
    for (const trial of [...trials.slice(first), ...trials.slice(0, first)]) {
      log(`${trial.name}, round ${round + 1} of ${rounds}`);
      await trial.run(round);
    }
  }
}
