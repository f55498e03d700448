// Whether a scanned value is JSON by the letter of RFC 8259: the scanner accepts what Falco's fast parser accepts,
// but what Falco prints with Go's own parser (json.obj) has to pass this check as well.

import { type JsonDocument, NODE_SIZE } from './document.js';
import { nodeBehind, nodeEnd, nodeStart } from './read.js';

const ESCAPES = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/g;
// In a string without its escapes: a backslash that begins none, or a control character.
const FORBIDDEN = /[\\\x00-\x1f]/;
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;

/** Whether the value at `node` and all that it holds are strict JSON. */
export function isStrictJson(document: JsonDocument, node: number): boolean {
  const end = nodeBehind(document, node);
  for (let at = node; at < end; at += NODE_SIZE) {
    // By its first byte: the tape alone does not tell keys from values.
    const first = document.text[nodeStart(document, at)];
    if (first === '{' || first === '[') continue;
    const token = document.text.slice(nodeStart(document, at), nodeEnd(document, at));
    const strict = first === '"' ? !FORBIDDEN.test(token.replace(ESCAPES, '')) : SCALAR.test(token);
    if (!strict) return false;
  }
  return true;
}
