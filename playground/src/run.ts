// What was typed → what is shown, a moment later: alerts first, then what takes longer (lint, tests, correlations, the rule
// at the cursor). What nobody waits for any more is given up.

import type { RulesText } from '../../src/core.js';
import { type Evaluated, evaluate } from './evaluate.js';
import type { GivenEvent } from './sources.js';
import { type Closer, lookCloser } from './workbench.js';

export interface Input {
  readonly rules: readonly RulesText[];
  readonly events: readonly GivenEvent[];
  readonly all: boolean;
}

export interface RunOptions {
  input(): Input;
  /** What is shown is old. */
  onStart(): void;
  onAlerts(evaluated: Evaluated): void;
  /** The text has rested. @param isStale whether nobody wants it any more */
  onRest(closer: Closer | undefined, isStale: () => boolean): Promise<void>;
}

export interface Run {
  /** Something was typed. */
  again(): void;
  /** Everything is new. */
  now(): void;
}

/** After the last key: alerts, and what takes longer. */
const SOON_MS = 60;
const LATER_MS = 350;

export function createRun({ input, onStart, onAlerts, onRest }: RunOptions): Run {
  let turn = 0;
  let soon: ReturnType<typeof setTimeout> | undefined;

  async function run(mine: number): Promise<void> {
    const isStale = (): boolean => mine !== turn;
    const { rules, events, all } = input();
    const evaluated = await evaluate(rules, events, all, isStale);
    if (evaluated === undefined || isStale()) return;
    onAlerts(evaluated);
    await new Promise((resolve) => setTimeout(resolve, LATER_MS));
    if (!isStale()) await onRest(lookCloser(rules, events), isStale);
  }

  function start(pause: number): void {
    const mine = ++turn;
    onStart();
    clearTimeout(soon);
    soon = setTimeout(() => void run(mine), pause);
  }

  return { again: () => start(SOON_MS), now: () => start(0) };
}
