// Contexts and what ends the loading of a file. Contexts grow link by link, as Falco's do (spec: rules-language.md §5.2).

import type { ByteString } from '../../bytes.js';
import type { Mark } from '../../yaml.js';
import type { Position } from '../condition/syntax/ast.js';
import type { ErrorCode, WarningCode } from '../diagnostic/codes.js';
import type { Context, ItemType, Location, Place } from '../diagnostic.js';

/** Where exactly, and what was probably meant. */
export interface Hint {
  readonly place?: Place | undefined;
  /** The place, as a mark in the context's file. */
  readonly mark?: Mark | undefined;
  readonly suggestion?: ByteString | undefined;
  /** What to do, in one line. */
  readonly help?: ByteString | undefined;
  /** Text from the configuration, where the fault is in that and not in the file. */
  readonly appended?: ByteString | undefined;
  /** The item that is not there, as `macro m`. */
  readonly missing?: ByteString | undefined;
}

/** Notes a warning about the file that is being loaded. */
export type Warn = (
  code: WarningCode,
  message: ByteString,
  context: Context,
  extra?: Hint & { readonly deprecatedField?: string },
) => void;

/** Ends the loading of a file; never leaves loadRules. */
export class LoadFault extends Error {
  override readonly name = 'LoadFault';
  readonly code: ErrorCode;
  readonly context: Context;
  readonly hint: Hint;

  constructor(code: ErrorCode, message: ByteString, context: Context, hint: Hint = {}) {
    super(message);
    this.code = code;
    this.context = context;
    this.hint = hint;
  }
}

/** A message that upstream hands on as a C string: what stands behind a NUL byte is lost. */
export function untilNul(message: ByteString): ByteString {
  const end = message.indexOf('\0');
  return end < 0 ? message : message.slice(0, end);
}

/** The structure of the YAML is wrong. */
export function structureFault(message: ByteString, context: Context, hint?: Hint): LoadFault {
  return new LoadFault('LOAD_ERR_YAML_VALIDATE', message, context, hint);
}

/** An item is wrong. */
export function itemFault(message: ByteString, context: Context, hint?: Hint): LoadFault {
  return new LoadFault('LOAD_ERR_VALIDATE', message, context, hint);
}

/** The whole file. */
export function fileContext(name: ByteString): Context {
  return {
    locations: [{ itemType: 'rules content', itemName: '', name, line: 0, column: 0, offset: 0 }],
  };
}

/** A node of the file, below its parent. */
export function nodeContext(mark: Mark, itemType: ItemType, itemName: ByteString, parent: Context): Context {
  const name = parent.locations[0]!.name;
  const { line, column, offset } = mark;
  return { locations: [...parent.locations, { itemType, itemName, name, line, column, offset }] };
}

const NAME_LENGTH = 20;

/**
 * A place inside a condition. Its name is the condition's beginning; its numbers are the parser's added to the
 * parent's, although one counts in the condition and the other in the file: that is what Falco prints.
 */
export function conditionContext(position: Position, condition: ByteString, parent: Context): Context {
  const start = condition.length > NAME_LENGTH ? `${condition.slice(0, NAME_LENGTH - 3)}...` : condition;
  const last = parent.locations.at(-1)!;
  const location: Location = {
    itemType: 'condition expression',
    itemName: '',
    name: `"${start}"`.replace(/[\r\n]/g, ' '),
    line: position.line + last.line,
    column: position.column + last.column,
    offset: position.offset + last.offset,
  };
  return { locations: [...parent.locations, location], text: condition };
}

/** Where errors go while the rest is wanted all the same. */
export interface Recovery {
  readonly report: (fault: LoadFault) => void;
  /** Whether anything was reported. */
  readonly failed: () => boolean;
  /** Items with an error, as `macro m`: that others do not find them is no error of its own. */
  readonly broken: Set<ByteString>;
}

/** Runs what is about one item. Without a recovery its error ends the file. @returns undefined after an error */
export function attempt<T>(
  recovery: Recovery | undefined,
  item: ByteString | undefined,
  run: () => T,
): T | undefined {
  if (recovery === undefined) return run();
  try {
    return run();
  } catch (error) {
    if (!(error instanceof LoadFault)) throw error;
    const { missing } = error.hint;
    if (missing === undefined || !recovery.broken.has(missing)) recovery.report(error);
    if (item !== undefined) recovery.broken.add(item);
    return undefined;
  }
}
