/**
 * How V8 manages the memory of each program; the tasks say the same. Young garbage is collected
 * sooner than usual: each thread of a peer keeps some 10 MB less. A tracker would take a twentieth
 * longer for what is announced if it did so as often.
 */
export const v8Flags = {
  // Old garbage is collected when there is as much of it as of what is in use, not three times as
  // much: with ten thousand sessions that is 35 MB. Copying files would take a fifth longer.
  tracker: "--max-semi-space-size=4,--heap-growing-percent=100",
  peer: "--max-semi-space-size=1,--expose-gc",
} as const;
