// Correlations as the collector takes them: defined, appended to, changed, switched on and off, as rules are.

import type { ByteString } from '../../../bytes.js';
import type { Context } from '../../diagnostic.js';
import type { CorrelationDefinition, CorrelationUpdate, ExceptionInfo, New } from '../definitions.js';
import { itemFault } from '../fault.js';
import { define, joined } from './collect-items.js';
import { type CollectorState, meantName, numbered } from './collector-state.js';

const MISSING = 'there is no correlation of this name to change: one that is changed must stand before';

function earlierOf(state: CollectorState, name: ByteString, context: Context): CorrelationDefinition {
  const earlier = state.correlations.get(name);
  if (earlier !== undefined) return earlier;
  throw itemFault(MISSING, context, meantName('correlation', name, state.correlations));
}

export function defineCorrelation(state: CollectorState, correlation: New<CorrelationDefinition>): void {
  if (state.rules.has(correlation.name)) throw itemFault('a rule has this name already', correlation.context);
  define(state, state.correlations, correlation);
}

export function appendToCorrelation(state: CollectorState, update: CorrelationUpdate): void {
  const earlier = earlierOf(state, update.name, update.context);
  const { steps, groupBy, output, description, tags, exceptions } = update;
  state.correlations.set(earlier.name, {
    ...earlier,
    steps: [...earlier.steps, ...(steps ?? [])],
    groupBy: [...earlier.groupBy, ...(groupBy ?? [])],
    output: output === undefined ? earlier.output : joined(earlier.output, output),
    description: description === undefined ? earlier.description : `${earlier.description} ${description}`,
    tags: new Set([...earlier.tags, ...(tags ?? [])]),
    exceptions: (exceptions ?? []).reduce(withException, earlier.exceptions),
    ...numbered(state, earlier, update.context),
  });
}

/** One more exception, or values of one that is there. */
function withException(all: readonly ExceptionInfo[], added: ExceptionInfo): readonly ExceptionInfo[] {
  const at = all.findIndex(({ name }) => name === added.name);
  const earlier = all[at];
  if (earlier === undefined) return [...all, added];
  return all.with(at, { ...earlier, values: [...earlier.values, ...added.values] });
}

export function replaceInCorrelation(state: CollectorState, update: CorrelationUpdate): void {
  const earlier = earlierOf(state, update.name, update.context);
  const { context, ...changes } = update;
  state.correlations.set(earlier.name, { ...earlier, ...changes, ...numbered(state, earlier, context) });
}

export function enableCorrelation(
  state: CollectorState,
  name: ByteString,
  enabled: boolean,
  context: Context,
): void {
  state.correlations.set(name, { ...earlierOf(state, name, context), enabled });
}
