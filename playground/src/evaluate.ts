// Rules and events → alerts, a slice at a time, so that the page answers keys meanwhile.

import { type LoadedRules, loadRules, type RuleAlert, type Ruleset, type RulesText } from '../../src/core.js';
import { type GivenEvent, PLUGINS } from './sources.js';

export interface Row {
  readonly alert: RuleAlert;
  /** Which event, from 0. */
  readonly event: number;
}

export interface Evaluated {
  readonly ruleset: Ruleset | undefined;
  /** Why there is no ruleset, as Falco says it. */
  readonly report: string;
  readonly rows: readonly Row[];
  readonly faults: readonly string[];
  readonly events: number;
  readonly milliseconds: number;
}

/** Longer than that, and a key that is pressed waits noticeably. */
const SLICE_MS = 40;
const EVENTS_A_LOOK = 50;
const MOST_FAULTS = 20;

/** @param isStale whether nobody wants the answer any more. @returns undefined: it was stale */
export async function evaluate(
  rules: readonly RulesText[],
  events: readonly GivenEvent[],
  all: boolean,
  isStale: () => boolean,
): Promise<Evaluated | undefined> {
  const started = performance.now();
  const { ruleset, report } = loaded(rules, all);
  const rows: Row[] = [];
  const faults: string[] = [];
  let until = performance.now() + SLICE_MS;
  for (let at = 0; ruleset !== undefined && at < events.length; at++) {
    const { alerts, faults: own } = ruleset.evaluate(events[at]!.text, { plugin: events[at]!.plugin });
    for (const alert of alerts) rows.push({ alert, event: at });
    for (const fault of own) if (faults.length < MOST_FAULTS) faults.push(`event ${at + 1}: ${fault}`);
    if (at % EVENTS_A_LOOK !== 0 || performance.now() < until) continue;
    await nextTurn();
    if (isStale()) return undefined;
    until = performance.now() + SLICE_MS;
  }
  const milliseconds = performance.now() - started;
  return { ruleset, report, rows, faults, events: events.length, milliseconds };
}

let before: { readonly key: string; readonly made: LoadedRules } | undefined;

/** Rules that correlate or hold alerts back keep a state; all others are the same for other events. */
const KEEPS_STATE = /^ *(?:- +)?(?:correlation|suppress) *:/m;

function loaded(rules: readonly RulesText[], all: boolean): LoadedRules {
  const texts = rules.map(({ content }) => content);
  const key = JSON.stringify([all, texts]);
  if (before?.key === key) return before.made;
  const matching = all ? 'all' : 'first';
  const made = loadRules(rules, { matching, hostname: 'playground', plugins: PLUGINS });
  before = texts.some((text) => KEEPS_STATE.test(text)) ? undefined : { key, made };
  return made;
}

/** Lets the browser draw and hear keys; timers would wait longer. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
