// A document as what its tape says, to compare what two scanners make of a text.

import { type JsonDocument, NODE_SIZE } from '../../src/json/document.js';
import { nodeBehind } from '../../src/json/read.js';

export function tapeOf(document: JsonDocument | undefined): unknown {
  if (document === undefined) return undefined;
  const nodes = nodeBehind(document, 0);
  return { compact: document.compact, tape: [...document.tape.subarray(0, nodes)], nodes: nodes / NODE_SIZE };
}
