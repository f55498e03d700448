// What the page works on, as a link or an example gives it.

export interface PlaygroundState {
  /** A rules file. */
  readonly rules: string;
  /** Events in any form. */
  readonly events: string;
  /** A suite for `tsfalco test`; empty: none. */
  readonly suite: string;
  /** Whether our own rules are loaded before. */
  readonly base: boolean;
  /** Whether every rule that matches gives an alert (`rule_matching: all`), or the first (Falco's default). */
  readonly all: boolean;
}

/** Reads a state that somebody else wrote; undefined: it is none. */
export function readState(value: unknown): PlaygroundState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { rules, events, suite, base, all } = value as Readonly<Record<string, unknown>>;
  if (typeof rules !== 'string' || typeof events !== 'string' || typeof suite !== 'string') return undefined;
  return { rules, events, suite, base: base === true, all: all === true };
}
