// Whether an object anywhere in a document has two members of one name, which the protocol's JSON forbids.

import { type JsonDocument, NODE_SIZE } from '../../json/document.js';
import { isArray, isObject, nodeBehind, stringText } from '../../json/read.js';

export function hasTwins(document: JsonDocument): boolean {
  const end = nodeBehind(document, 0);
  // Objects and arrays under way: where each ends, and the names of an object so far.
  const open: { readonly end: number; readonly names: Set<string> | undefined }[] = [];
  for (let at = 0; at < end; ) {
    while (open.length > 0 && at >= open[open.length - 1]!.end) open.pop();
    const names = open[open.length - 1]?.names;
    if (names !== undefined) {
      const name = stringText(document, at);
      if (names.has(name)) return true;
      names.add(name);
      at += NODE_SIZE;
    }
    if (isObject(document, at) || isArray(document, at)) {
      open.push({ end: nodeBehind(document, at), names: isObject(document, at) ? new Set() : undefined });
      at += NODE_SIZE;
    } else at = nodeBehind(document, at);
  }
  return false;
}
