// Tokens of a YAML text. A leaf.

import type { Mark } from './stream.js';

export type TokenType =
  | 'directive'
  | 'document-start'
  | 'document-end'
  | 'sequence-start'
  | 'sequence-end'
  | 'map-start'
  | 'map-end'
  | 'block-entry'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-map-start'
  | 'flow-map-end'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'anchor'
  | 'alias'
  | 'tag'
  | 'plain'
  | 'quoted';

export interface Token {
  readonly type: TokenType;
  readonly mark: Mark;
  /** `open`: whether there is a key here is known when its colon comes, or does not. */
  status: 'valid' | 'invalid' | 'open';
  /** Text of a scalar, name of an anchor, alias or directive, handle of a tag. */
  readonly text: string;
  /** Arguments of a directive; suffix of a tag. */
  readonly arguments: readonly string[];
  /** Where a scalar's text came from (see scalar.ts). */
  readonly origins: readonly number[];
}

export interface TokenExtras {
  readonly text?: string;
  readonly arguments?: readonly string[];
  readonly origins?: readonly number[];
}

const NOTHING: readonly never[] = [];

export function createToken(type: TokenType, mark: Mark, extras: TokenExtras = {}): Token {
  return {
    type,
    mark,
    status: 'valid',
    text: extras.text ?? '',
    arguments: extras.arguments ?? NOTHING,
    origins: extras.origins ?? NOTHING,
  };
}
