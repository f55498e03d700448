// Tokens → nodes. Answers to yaml-cpp's document parser and node builder: every scalar keeps its text, the first of
// duplicate keys counts, `<<` is an ordinary key, an alias is the very node it names.

import { FAULTS, tooManyNodes, YamlFault } from './fault.js';
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './node.js';
import { peekToken, popToken } from './scanner.js';
import type { ScannerState } from './scanner-state.js';
import { type Mark, mark } from './stream.js';
import type { Token, TokenType } from './token.js';

export interface ParserLimits {
  /** Levels of collections inside each other; yaml-cpp's own limit. */
  readonly depth: number;
  /** Nodes of all documents together, each alias counted as all that it stands for. */
  readonly nodes: number;
}

interface Anchored {
  readonly node: YamlNode;
  /** Nodes that it stands for; 1 while it is still open. */
  size: number;
}

export interface ParserState {
  readonly scanner: ScannerState;
  readonly limits: ParserLimits;
  /** Nodes by anchor, in this document, with their expanded sizes. */
  readonly anchors: Map<string, Anchored>;
  readonly collections: ('sequence' | 'flow-sequence' | 'map' | 'flow-map' | 'pair')[];
  depth: number;
  /** Nodes so far, each alias counted as all that it stands for. */
  nodes: number;
}

/** One for each document. @param nodes those of the documents before */
export function createParser(scanner: ScannerState, limits: ParserLimits, nodes: number): ParserState {
  return { scanner, limits, anchors: new Map(), collections: [], depth: 0, nodes };
}

/** Reads the next document; there must be a token left. */
export function parseDocument(parser: ParserState): YamlNode {
  const { scanner } = parser;
  if (peekToken(scanner)?.type === 'document-start') popToken(scanner);
  const root = parseNode(parser);
  while (peekToken(scanner)?.type === 'document-end') popToken(scanner);
  return root;
}

function place(parser: ParserState, token: Token | undefined): Mark {
  return token?.mark ?? mark(parser.scanner.stream);
}

const isType = (token: Token | undefined, type: TokenType): boolean => token?.type === type;

function parseNode(parser: ParserState): YamlNode {
  const { scanner, limits } = parser;
  parser.depth++;
  if (parser.depth >= limits.depth) throw new YamlFault(mark(scanner.stream), FAULTS.nesting, true);
  const node = parseNodeBelowLimit(parser);
  parser.depth--;
  return node;
}

function parseNodeBelowLimit(parser: ParserState): YamlNode {
  const { scanner } = parser;
  const first = peekToken(scanner);
  const start = place(parser, first);
  if (first === undefined) return makeNull(parser, start);
  if (first.type === 'value') return parsePair(parser, makeMapping(start));
  if (first.type === 'alias') return parseAlias(parser, first);
  const { tag, anchor } = parseProperties(parser);
  return parseContent(parser, start, tag, anchor);
}

interface Properties {
  readonly tag: string;
  readonly anchor: string | undefined;
}

function parseProperties(parser: ParserState): Properties {
  const { scanner } = parser;
  let tag = '';
  let anchor: string | undefined;
  for (;;) {
    const token = peekToken(scanner);
    if (token?.type === 'tag') {
      if (tag !== '') throw new YamlFault(token.mark, FAULTS.multipleTags);
      tag = token.text;
    } else if (token?.type === 'anchor') {
      if (anchor !== undefined) throw new YamlFault(token.mark, FAULTS.multipleAnchors);
      anchor = token.text;
    } else return { tag, anchor };
    popToken(scanner);
  }
}

function parseContent(parser: ParserState, start: Mark, tag: string, anchor: string | undefined): YamlNode {
  if (anchor === undefined) return parseBare(parser, start, tag, (node) => node);
  const before = parser.nodes;
  const node = parseBare(parser, start, tag, (open) => {
    parser.anchors.set(anchor, { node: open, size: 1 });
    return open;
  });
  const anchored = parser.anchors.get(anchor);
  if (anchored?.node === node) anchored.size = parser.nodes - before;
  return node;
}

/** @param register is told of the node before its content is read, since that may hold an alias of it. */
function parseBare(
  parser: ParserState,
  start: Mark,
  tag: string,
  register: <T extends YamlNode>(node: T) => T,
): YamlNode {
  const { scanner } = parser;
  const token = peekToken(scanner);
  switch (token?.type) {
    case 'plain':
    case 'quoted':
      popToken(scanner);
      return count(parser, register(makeScalar(start, token, tag)));
    case 'sequence-start':
      return parseSequence(parser, register(makeSequence(start)));
    case 'flow-sequence-start':
      return parseFlowSequence(parser, register(makeSequence(start)));
    case 'map-start':
      return parseMap(parser, register(makeMapping(start)));
    case 'flow-map-start':
      return parseFlowMap(parser, register(makeMapping(start)));
    case 'key':
      if (parser.collections.at(-1) === 'flow-sequence')
        return parsePair(parser, register(makeMapping(start)));
      break;
    default:
      break;
  }
  return tag === '' || token === undefined
    ? register(makeNull(parser, start))
    : count(parser, register(makeEmpty(start)));
}

const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);

function makeScalar(start: Mark, token: Token, tag: string): YamlScalar {
  const plain = token.type === 'plain';
  const isNull = plain && tag === '' && NULLS.has(token.text);
  return { kind: 'scalar', mark: start, text: token.text, plain, isNull, origins: token.origins };
}

function makeEmpty(start: Mark): YamlScalar {
  return { kind: 'scalar', mark: start, text: '', plain: true, isNull: false, origins: [] };
}

function makeNull(parser: ParserState, start: Mark): YamlScalar {
  return count(parser, { ...makeEmpty(start), isNull: true });
}

const makeSequence = (start: Mark): YamlSequence & { items: YamlNode[] } => ({
  kind: 'sequence',
  mark: start,
  items: [],
});

const makeMapping = (start: Mark): YamlMapping & { entries: YamlEntry[] } => ({
  kind: 'mapping',
  mark: start,
  entries: [],
});

function parseAlias(parser: ParserState, token: Token): YamlNode {
  const anchored = parser.anchors.get(token.text);
  if (anchored === undefined) throw new YamlFault(token.mark, FAULTS.unknownAnchor + token.text);
  popToken(parser.scanner);
  parser.nodes += anchored.size - 1;
  count(parser, anchored.node);
  return anchored.node;
}

function count<T extends YamlNode>(parser: ParserState, node: T): T {
  const { limits } = parser;
  if (++parser.nodes > limits.nodes) throw new YamlFault(node.mark, tooManyNodes(limits.nodes), true);
  return node;
}

type OpenSequence = ReturnType<typeof makeSequence>;
type OpenMapping = ReturnType<typeof makeMapping>;

function parseSequence(parser: ParserState, node: OpenSequence): YamlNode {
  const { scanner } = parser;
  popToken(scanner);
  parser.collections.push('sequence');
  for (;;) {
    const token = peekToken(scanner);
    if (token?.type === 'sequence-end') break;
    if (token?.type !== 'block-entry') throw new YamlFault(place(parser, token), FAULTS.endOfSequence);
    popToken(scanner);
    const next = peekToken(scanner);
    const empty = isType(next, 'block-entry') || isType(next, 'sequence-end');
    node.items.push(empty ? makeNull(parser, place(parser, next)) : parseNode(parser));
  }
  popToken(scanner);
  parser.collections.pop();
  return count(parser, node);
}

function parseFlowSequence(parser: ParserState, node: OpenSequence): YamlNode {
  const { scanner } = parser;
  popToken(scanner);
  parser.collections.push('flow-sequence');
  for (;;) {
    const token = peekToken(scanner);
    if (token === undefined) throw new YamlFault(place(parser, token), FAULTS.endOfFlowSequence);
    if (token.type === 'flow-sequence-end') break;
    node.items.push(parseNode(parser));
    const next = peekToken(scanner);
    if (next?.type === 'flow-entry') popToken(scanner);
    else if (next?.type !== 'flow-sequence-end')
      throw new YamlFault(place(parser, next), FAULTS.endOfFlowSequence);
  }
  popToken(scanner);
  parser.collections.pop();
  return count(parser, node);
}

/** A key, its colon and value; each may be missing. */
function parseEntry(parser: ParserState, token: Token): YamlEntry {
  const { scanner } = parser;
  let key: YamlNode;
  if (token.type === 'key') {
    popToken(scanner);
    key = parseNode(parser);
  } else key = makeNull(parser, token.mark);
  if (!isType(peekToken(scanner), 'value')) return { key, value: makeNull(parser, token.mark) };
  popToken(scanner);
  return { key, value: parseNode(parser) };
}

function parseMap(parser: ParserState, node: OpenMapping): YamlNode {
  const { scanner } = parser;
  popToken(scanner);
  parser.collections.push('map');
  for (;;) {
    const token = peekToken(scanner);
    if (token?.type === 'map-end') break;
    if (token?.type !== 'key' && token?.type !== 'value')
      throw new YamlFault(place(parser, token), FAULTS.endOfMap);
    node.entries.push(parseEntry(parser, token));
  }
  popToken(scanner);
  parser.collections.pop();
  return count(parser, node);
}

function parseFlowMap(parser: ParserState, node: OpenMapping): YamlNode {
  const { scanner } = parser;
  popToken(scanner);
  parser.collections.push('flow-map');
  for (;;) {
    const token = peekToken(scanner);
    if (token === undefined) throw new YamlFault(place(parser, token), FAULTS.endOfFlowMap);
    if (token.type === 'flow-map-end') break;
    node.entries.push(parseEntry(parser, token));
    const next = peekToken(scanner);
    if (next?.type === 'flow-entry') popToken(scanner);
    else if (next?.type !== 'flow-map-end') throw new YamlFault(place(parser, next), FAULTS.endOfFlowMap);
  }
  popToken(scanner);
  parser.collections.pop();
  return count(parser, node);
}

/** `key: value` without braces, inside a flow sequence or where a colon stands alone. */
function parsePair(parser: ParserState, node: OpenMapping): YamlNode {
  parser.collections.push('pair');
  const token = peekToken(parser.scanner)!;
  node.entries.push(parseEntry(parser, token));
  parser.collections.pop();
  return count(parser, node);
}
