// The operator `regex`: RE2 in POSIX mode, full match, linear time. The only file that knows re2js.
// Values are bytes; the engine reads text, with U+FFFD for what is no UTF-8, as Falco feeds RE2.

import { RE2JS } from 're2js';
import { type ByteString, fromBytes } from '../../../bytes.js';
import { translateRegex } from './regex-syntax.js';

export type RegexMatcher = (value: ByteString) => boolean;
type Compiled = RegexMatcher | { readonly error: ByteString };

// Patterns of rules are checked first, and then used.
const MOST_KEPT = 256;
const kept = new Map<ByteString, Compiled>();

/** As compileRegex(), for the patterns of rules. */
export function compileConstantRegex(pattern: ByteString): Compiled {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  const compiled = compileRegex(pattern);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(pattern, compiled);
  return compiled;
}

/** Compiles a pattern to a test for values that match it from start to end, or gives RE2's text of its fault. */
export function compileRegex(pattern: ByteString): Compiled {
  const translated = translateRegex(pattern);
  if ('error' in translated) return translated;
  const { source, literal } = translated;
  if (literal !== undefined) return (value) => value === literal;
  const engine = RE2JS.compile(source);
  return (value) => engine.testExact(fromBytes(value));
}
