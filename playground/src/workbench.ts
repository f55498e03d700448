// Rules for looking closer: why an event does or does not meet a rule, which event comes nearest, what correlations saw.

import { type CorrelationSeries, createCorrelationRun } from '../../src/authoring/correlate.js';
import { explanationText } from '../../src/authoring/explain-text.js';
import { missesOf } from '../../src/authoring/nearness.js';
import { openWorkspace, type Workspace } from '../../src/authoring/workspace.js';
import { fromBytes, toBytes } from '../../src/bytes.js';
import type { RulesText } from '../../src/core.js';
import type { Event } from '../../src/event.js';
import { type GivenEvent, SOURCES } from './sources.js';

export interface Closer {
  /** How the events stand to a rule; undefined: no rule that runs has the name. */
  rule(name: string): RuleView | undefined;
  readonly hasCorrelations: boolean;
  correlations(): readonly CorrelationSeries[];
}

export interface RuleView {
  /** Events that meet it. */
  readonly matching: number;
  /** The one to show, from 0: the first that meets it, or the one that comes nearest; undefined: there are no events. */
  readonly event: number | undefined;
  readonly matches: boolean;
  /** The condition with what it read of that event. */
  readonly text: string;
}

/** Events that are looked at for one that comes near. */
const MOST_EVENTS = 5000;
const MOST_MISSES = 6;

/** @returns undefined where the rules do not load */
export function lookCloser(rules: readonly RulesText[], events: readonly GivenEvent[]): Closer | undefined {
  const files = rules.map(({ name, content }) => ({ name: toBytes(name), content: toBytes(content) }));
  const { workspace } = openWorkspace(files, { sources: SOURCES });
  if (workspace === undefined) return undefined;
  const each = (use: (event: Event, at: number) => void): void => {
    for (const [at, { text, plugin }] of events.slice(0, MOST_EVENTS).entries())
      workspace.readEvents(
        { payload: toBytes(text), plugin },
        (event) => use(event, at),
        () => undefined,
      );
  };
  return {
    rule: (name) => viewOf(workspace, name, events, each),
    hasCorrelations: workspace.correlations.length > 0,
    correlations() {
      const run = createCorrelationRun(workspace.rules, workspace.correlations);
      each(run.take);
      run.finish();
      return run.series();
    },
  };
}

type Each = (use: (event: Event, at: number) => void) => void;

function viewOf(
  workspace: Workspace,
  name: string,
  events: readonly GivenEvent[],
  each: Each,
): RuleView | undefined {
  const rule = workspace.rules.find(({ info }) => info.name === toBytes(name));
  if (rule === undefined) return undefined;
  const misses = missesOf(rule);
  let matching = 0;
  let nearest: { readonly at: number; readonly misses: number } | undefined;
  each((event, at) => {
    const most = nearest === undefined ? MOST_MISSES : nearest.misses - 1;
    const missed = misses(event, Math.max(most, 0))?.length;
    if (missed === 0) matching++;
    if (missed !== undefined && (nearest === undefined || missed < nearest.misses))
      nearest = { at, misses: missed };
  });
  const shown = nearest?.at ?? (events.length > 0 ? 0 : undefined);
  let text = '';
  const given = shown === undefined ? undefined : events[shown];
  if (given !== undefined)
    workspace.readEvents(
      { payload: toBytes(given.text), plugin: given.plugin },
      (event) => {
        if (text === '') text = fromBytes(explanationText(workspace.explain(rule, event)));
      },
      () => undefined,
    );
  return { matching, event: shown, matches: matching > 0, text };
}
