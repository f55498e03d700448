// The latest moment at which a stop ends, whatever hangs: a far end that takes no alerts, a file system that does not
// answer. In: the signal. Out: word that the time is over.

export interface Deadline {
  /** The time runs from now on. */
  start(): void;
  /** Resolves to false when the time is over before `work` is done. Errors: those of `work`. */
  before(work: Promise<unknown>): Promise<boolean>;
}

/** With the three seconds that sources have by default, less than the ten that are promised (docs/operations.md). */
const PATIENCE_MS = 6000;

/** @param sourcesMs what sources may take for themselves */
export function createDeadline(sourcesMs: number, patienceMs = PATIENCE_MS): Deadline {
  let expire = (): void => {};
  const expired = new Promise<boolean>((resolve) => {
    expire = () => resolve(false);
  });
  return {
    start: () => void setTimeout(expire, sourcesMs + patienceMs).unref(),
    before: (work) => Promise.race([work.then(() => true), expired]),
  };
}
