// What one field's checks can be together: a set of checks on the same field, each wanted true or false, and whether
// any value (or its absence) gives all of them. The checks are run on candidates by the very code that runs rules.

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { FieldTable } from '../../../fields/field.js';
import { compileCondition, type Predicate } from '../../condition/compile/compile.js';
import { createScope } from '../../condition/compile/scope.js';
import type { BinaryExpr, ExistsExpr, FieldExpr, TransformerArg } from '../../condition/syntax/ast.js';

export type Check = BinaryExpr | ExistsExpr;

/** A check that is wanted true or false. */
export interface Literal {
  readonly check: Check;
  readonly key: string;
  readonly positive: boolean;
}

/** All values that a field can have, where that is known. @param field spelled with its argument */
export function knownValues(table: FieldTable, field: ByteString): readonly ByteString[] | undefined {
  const found = table.lookup(field);
  return 'error' in found ? undefined : found.field.values;
}

/** The field that a check is about; undefined if it is about several, or not about a single text. */
export function fieldOf(check: Check, table: FieldTable): FieldExpr | undefined {
  if (check.kind === 'binary') {
    const { right } = check;
    if (right.kind !== 'value' && right.kind !== 'list') return undefined;
    // Empty lists are there for others to fill: nothing follows from them.
    if (right.kind === 'list' && right.items.length === 0) return undefined;
  }
  const fields = fieldsIn(check.left);
  const [field] = fields;
  if (field === undefined || fields.length > 1) return undefined;
  const found = table.lookup(spelled(field));
  if ('error' in found || found.field.isList || found.field.type !== 'CHARBUF') return undefined;
  return field;
}

export function spelled({ name, argument }: FieldExpr): ByteString {
  return argument === undefined ? name : `${name}[${argument}]`;
}

/** Fields of a left side, left to right. */
export function fieldsIn(part: TransformerArg): readonly FieldExpr[] {
  switch (part.kind) {
    case 'field':
      return [part];
    case 'transformer':
      return part.args.flatMap(fieldsIn);
    case 'transformer-list':
      return part.items.flatMap(fieldsIn);
    case 'value':
      return [];
  }
}

// The checks' fields are replaced by ones that read the candidate, so no event is looked at.
const NO_EVENT = {} as Event;

export interface Evaluator {
  /** Verdict of a check if its field has the value, undefined meaning that it is missing. */
  verdict(check: Check, key: string, value: ByteString | undefined): boolean;
}

/** Runs checks on values instead of events. */
export function createEvaluator(table: FieldTable): Evaluator {
  let current: ByteString | undefined;
  const stub: FieldTable = {
    ...table,
    lookup: (text) => {
      const found = table.lookup(text);
      return 'error' in found ? found : { ...found, extract: () => current };
    },
  };
  const scope = createScope(stub);
  const predicates = new Map<string, Predicate>();
  return {
    verdict: (check, key, value) => {
      let predicate = predicates.get(key);
      if (predicate === undefined) {
        const compiled = compileCondition(check, scope);
        predicate = compiled.ok ? compiled.value : () => false;
        predicates.set(key, predicate);
      }
      current = value;
      scope.begin(NO_EVENT);
      return predicate(NO_EVENT);
    },
  };
}

const EQUALITY = /^(?:==?|in|intersects|(?:==?) (?:oneof|anyof|allof))$/;

/** Values for which a check can be true, if it names them all. */
function namedValues({ check, positive }: Literal): readonly ByteString[] | undefined {
  if (!positive || check.kind !== 'binary' || check.left.kind !== 'field') return undefined;
  if (!EQUALITY.test(check.operator)) return undefined;
  if (check.right.kind === 'value') return [check.right.value];
  return check.right.kind === 'list' ? check.right.items : undefined;
}

/** Two literals that cannot hold together; one and the same if it can never hold. */
export type Conflict = readonly [Literal, Literal];

/** A conflict among literals about one field; undefined if some value may give all of them. */
export function conflictIn(
  literals: readonly Literal[],
  known: readonly ByteString[] | undefined,
  evaluator: Evaluator,
): Conflict | undefined {
  const positive = literals.find((literal) => literal.positive);
  // A missing value makes every check false, which is all that is wanted then.
  if (positive === undefined) return undefined;
  const absent = literals.find(({ check, positive: wanted }) => check.kind === 'exists' && !wanted);
  if (absent !== undefined && absent.check.left.kind === 'field') return [absent, positive];
  const naming = literals.find((literal) => namedValues(literal) !== undefined);
  const candidates = naming === undefined ? known : namedValues(naming);
  if (candidates === undefined) return undefined;
  const first = naming ?? positive;
  let left = known === undefined ? candidates : candidates.filter((value) => known.includes(value));
  if (left.length === 0) return [first, first];
  for (const literal of literals) {
    left = left.filter((value) => evaluator.verdict(literal.check, literal.key, value) === literal.positive);
    if (left.length === 0) return [first, literal];
  }
  return undefined;
}
