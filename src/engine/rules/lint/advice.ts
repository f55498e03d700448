// Advice: what is to be said of one check, before its place in a file is known. Types only.

import type { ByteString } from '../../../bytes.js';
import type { Position } from '../../condition/syntax/ast.js';
import type { Level, LintId } from './finding.js';

export interface Advice {
  readonly id: LintId;
  readonly message: ByteString;
  readonly suggestion?: ByteString | undefined;
  readonly level?: Level;
  /** Where in the check; its beginning if it is not said. */
  readonly position?: Position;
}
