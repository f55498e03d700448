// What the collector remembers, and the numbering of what is defined and changed.

import type { ByteString } from '../../../bytes.js';
import type { FieldTable } from '../../../fields/field.js';
import { suggest } from '../../../suggest.js';
import type { Context } from '../../diagnostic.js';
import type {
  CorrelationDefinition,
  Definition,
  ListInfo,
  MacroInfo,
  PluginRequirements,
  RuleDefinition,
} from '../definitions.js';
import { type Hint, itemFault } from '../fault.js';
import type { Version } from '../versions.js';

export interface CollectorState {
  readonly tables: (source: ByteString) => FieldTable | undefined;
  readonly lists: Map<ByteString, ListInfo>;
  readonly macros: Map<ByteString, MacroInfo>;
  readonly rules: Map<ByteString, RuleDefinition>;
  readonly correlations: Map<ByteString, CorrelationDefinition>;
  readonly requiredPlugins: PluginRequirements[];
  requiredEngine: Version;
  /** Number of the next change. */
  next: number;
}

/** Changes of one definition; each copies what is there, and more only come from files made to be slow. */
const MAX_CHANGES = 5000;

/** The numbers of a definition that is changed once more. Errors: LoadFault. */
export function numbered(
  state: CollectorState,
  { changes }: Definition,
  context: Context,
): { readonly visibility: number; readonly changes: number } {
  if (changes >= MAX_CHANGES) throw itemFault(`item is changed more than ${MAX_CHANGES} times`, context);
  return { visibility: state.next++, changes: changes + 1 };
}

/** What is known by a name that was probably meant. */
export function meantName(
  kind: 'correlation' | 'list' | 'macro' | 'rule',
  name: ByteString,
  known: ReadonlyMap<ByteString, unknown>,
): Hint {
  return { suggestion: suggest(name, known.keys()), missing: `${kind} ${name}` };
}
