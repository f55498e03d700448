// What the stages of a condition give back when a text is at fault: Falco's message and the place. A leaf.

import type { ByteString } from '../../../bytes.js';
import type { Position } from './ast.js';

/** A fault in a condition or template. */
export interface Fault {
  /** Falco's own wording (spec: rules-language.md §1.7, §2). */
  readonly message: ByteString;
  readonly position: Position;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(message: ByteString, position: Position): Result<never> {
  return { ok: false, fault: { message, position } };
}
