// Scope: what all conditions and templates of one event source share. Each distinct field, transformer and
// sub-expression in it is computed at most once an event, whatever number of rules ask for it.

import type { Event } from '../../../event.js';
import type { BoundField, Extract, FieldTable, Value } from '../../../fields/field.js';
import type { Operand, OperandError } from '../operators/operand-type.js';
import { type Clock, createNodes, type Nodes } from './nodes.js';

export interface Scope {
  readonly table: FieldTable;
  /** Starts a new event: what was read from the one before is forgotten. Before any predicate or `read` is called. */
  begin(event: Event): void;
  /** The operand of a key; `make` builds it, with a number of its own, if there is none yet. */
  operand(key: string, make: (id: number) => Operand | OperandError): Operand | OperandError;
  /** Fields that conditions and templates read, each once. */
  fields(): readonly BoundField[];
  /** Whether some condition or template reads a field without an argument. */
  reads(field: string): boolean;
  /** A reader that calls `read` at most once an event. */
  slotted(read: Extract): Extract;
  /** Boolean sub-expressions. */
  readonly nodes: Nodes;
}

interface Slot {
  stamp: number;
  value: Value | undefined;
}

/** Makes an empty scope over a source's fields. */
export function createScope(table: FieldTable): Scope {
  const clock: Clock = { now: 1 };
  const operands = new Map<string, Operand>();
  const nodes = createNodes(clock);

  function begin(_event: Event): void {
    clock.now++;
  }

  function operand(key: string, make: (id: number) => Operand | OperandError): Operand | OperandError {
    const known = operands.get(key);
    if (known !== undefined) return known;
    const made = make(operands.size);
    if (!('error' in made)) operands.set(key, made);
    return made;
  }

  function slotted(read: Extract): Extract {
    const slot: Slot = { stamp: 0, value: undefined };
    return (event) => {
      if (slot.stamp !== clock.now) {
        slot.value = read(event);
        slot.stamp = clock.now;
      }
      return slot.value;
    };
  }

  const reads = (field: string): boolean => operands.has(`f${field}`);

  const fields = (): readonly BoundField[] =>
    [...operands].flatMap(([key, { field }]) => (key.startsWith('f') && field !== undefined ? [field] : []));

  return { table, begin, operand, fields, reads, slotted, nodes };
}
