// `suppress` of a rule → which of its alerts belong together, and for how long (docs/correlation.md).

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import { digestOf } from '../../correlation/identity.js';
import type { Plan } from '../../correlation/match.js';
import type { RuleDefinition } from '../definitions.js';
import type { SourceMemory } from './compile-job.js';
import { compileField, keyReader } from './correlation-steps.js';

export interface CompiledThrottle {
  readonly plan: Plan;
  readonly key: (event: Event) => ByteString;
}

/** Errors: LoadFault. */
export function compileThrottle(
  { name, suppress }: Pick<RuleDefinition, 'name' | 'suppress'>,
  source: SourceMemory,
): CompiledThrottle | undefined {
  if (suppress === undefined) return undefined;
  const { by, time, context } = suppress;
  const all = JSON.stringify(['suppress', name, by.map(({ text }) => text), time]);
  return {
    plan: {
      name,
      identity: digestOf(all),
      type: 'suppress',
      steps: 1,
      timespan: time,
      least: 1,
      suppress: time,
      ungrouped: by.length === 0,
    },
    key: keyReader(by.map((field) => compileField(field, source, context))),
  };
}
