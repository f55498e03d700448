// The smallest questions about entries of exceptions.

import type { ExceptionEntry } from './definitions.js';

/** Neither a text nor a list: what is not there, and what is null. */
export const NO_ENTRY: ExceptionEntry = { isList: false, text: '', items: [], node: undefined };

/** Whether an entry says anything. */
export const isFilled = (entry: ExceptionEntry): boolean =>
  entry.isList ? entry.items.length > 0 : entry.text !== '';
