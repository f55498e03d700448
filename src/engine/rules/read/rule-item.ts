// A `rule` item while it is read: its keys, and the values that definitions and changes read the same way.

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { valueAt, type YamlMapping, type YamlScalar } from '../../../yaml.js';
import type { Context } from '../../diagnostic.js';
import { PRIORITIES, priorityOf } from '../alert/alert.js';
import type { SourcedText, SourceFile } from '../definitions.js';
import { nodeContext, structureFault } from '../fault.js';
import { requireScalar, requireText } from './decode.js';
import type { Reading } from './reading.js';

export const APPENDABLE = ['condition', 'output', 'desc', 'tags', 'exceptions'] as const;
export const REPLACEABLE = [
  'condition',
  'output',
  'desc',
  'priority',
  'capture',
  'capture_duration',
  'tags',
  'exceptions',
  'enabled',
  'warn_evttypes',
  'skip-if-unknown-filter',
  // Ours: Falco warns of unknown keys.
  'alert',
  'suppress',
] as const;
export const APPENDABLE_KEYS: ReadonlySet<string> = new Set(APPENDABLE);
export const REPLACEABLE_KEYS: ReadonlySet<string> = new Set(REPLACEABLE);

export const RULE_KEYS: ReadonlySet<string> = new Set([
  'rule',
  'source',
  'override',
  'append',
  ...REPLACEABLE,
]);

export interface RuleItem {
  readonly item: YamlMapping;
  readonly name: ByteString;
  readonly source: ByteString;
  readonly context: Context;
  readonly reading: Reading;
}

/** A scalar as a text that knows where it came from. */
export function sourced(file: SourceFile, scalar: YamlScalar, text = scalar.text): SourcedText {
  return { text, parts: [{ at: 0, file, scalar }] };
}

export function sourcedText({ item, context, reading }: RuleItem, key: string): SourcedText {
  return sourced(reading.file, requireScalar(item, key, context));
}

export function readPriority({ item, context }: RuleItem): number {
  const text = requireText(item, 'priority', context);
  const priority = priorityOf(text);
  if (priority !== undefined) return priority;
  const { mark } = valueAt(item, 'priority')!;
  throw structureFault('Invalid priority', nodeContext(mark, 'rule priority', '', context), {
    suggestion: meantPriority(text),
    help: `priorities are ${PRIORITIES.map((name) => name.toUpperCase()).join(', ')}`,
  });
}

/** Other engines shorten priorities (`WARN`, `ERR`, `CRIT`), and people mistype them. */
function meantPriority(text: ByteString): string | undefined {
  const names = PRIORITIES.map((name) => name.toUpperCase());
  const short = text.toUpperCase();
  return names.find((name) => short.length > 2 && name.startsWith(short)) ?? suggest(text, names);
}
