/** One number of a family, told from the others by its labels. */
export interface Sample {
  labels?: Record<string, string>;
  value: number;
  /** What comes behind the family's name, such as `_count`. */
  suffix?: "_bucket" | "_sum" | "_count";
}

/** What is measured under one name. */
export interface Family {
  /** Letters, digits and `_`; times are in seconds, counters end with `_total`. */
  name: string;
  /** What it means, in one line. */
  help: string;
  type: "counter" | "gauge" | "histogram";
  samples: readonly Sample[];
}

/** A family of one number that goes up and down. */
export function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: "gauge", samples: [{ value }] };
}

/** A family of a number for each value of one label. */
export function labelled(
  { name, help, type, label }: Omit<Family, "samples"> & { label: string },
  values: Iterable<readonly [string, number]>,
): Family {
  const samples = [...values].map(([of, value]) => ({ labels: { [label]: of }, value }));
  return { name, help, type, samples };
}

/** A family of one number that only grows while the program runs. */
export function counter(name: string, help: string, value: number): Family {
  return { name, help, type: "counter", samples: [{ value }] };
}
