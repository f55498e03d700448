// Diagnostic: one error or warning of loading rules files, with its chain of places. Types; the codes and their
// texts are in diagnostic/codes.ts, texts, JSON and snippets in diagnostic/*.ts.
// Answers to Falco's load results (spec: rules-language.md §5).

import type { ByteString } from '../bytes.js';
import type { ErrorCode, WarningCode } from './diagnostic/codes.js';

/** What a location names, in Falco's words. */
export type ItemType =
  | 'value for'
  | 'exceptions'
  | 'exception'
  | 'exception values'
  | 'exception value'
  | 'rules content'
  | 'rules content item'
  | 'required_engine_version'
  | 'required plugin versions'
  | 'required plugin versions entry'
  | 'required plugin versions alternative'
  | 'list'
  | 'list item'
  | 'macro'
  | 'macro condition'
  | 'rule'
  | 'rule condition'
  | 'condition expression'
  | 'rule output'
  | 'rule priority'
  | 'overrides'
  | 'correlation'
  | 'correlation step';

/** One link of a context chain. Line and column from 0, offset in bytes (condition expressions: Falco's arithmetic). */
export interface Location {
  readonly itemType: ItemType;
  readonly itemName: ByteString;
  /** The file's name, or the quoted beginning of a condition. */
  readonly name: ByteString;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Where a diagnostic points, outermost link first. */
export interface Context {
  readonly locations: readonly Location[];
  /** Condition text that the snippet is cut from; without it the snippet comes from the file. */
  readonly text?: ByteString;
}

/** The exact place in a rules file, for people: line and column from 1, column in bytes. */
export interface Place {
  readonly file: ByteString;
  readonly line: number;
  readonly column: number;
  /** Bytes from the file's start. */
  readonly offset: number;
  /** Bytes that the finding covers; at least 1. */
  readonly length: number;
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: ErrorCode | WarningCode;
  readonly message: ByteString;
  readonly context: Context;
  /** Our own, exact place, also inside folded and literal blocks. */
  readonly place: Place;
  /** The word that was probably meant. */
  readonly suggestion?: ByteString;
  /** What to do, in one line, where Falco's message leaves that open. */
  readonly help?: ByteString;
  /** Text that the configuration appends to outputs, where the fault is in that and not in the file. */
  readonly appended?: ByteString;
  /** The item that an error misses, as `macro m`. */
  readonly missing?: ByteString;
  /** Set for LOAD_DEPRECATED_ITEM about a field. */
  readonly deprecatedField?: string;
}

/** What loading one file gave. */
export interface LoadResult {
  readonly name: ByteString;
  readonly successful: boolean;
  /** `ok` or `failed for …`, deepest first; empty: no document was validated (`none`). */
  readonly schemaStatus: readonly ByteString[];
  /** At most one, unless loading recovers. */
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** Text of every file loaded so far, by name: snippets are cut from it. */
  readonly contents: ReadonlyMap<ByteString, ByteString>;
}
