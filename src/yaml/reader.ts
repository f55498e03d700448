// In: a YAML text. Out: the nodes of its documents, with places. js-yaml reads; it tells its listener when it begins and
// ends a node, and this notes what was there. Each value becomes a number for js-yaml, which then makes collections of
// numbers: aliases cost nothing, no key is a duplicate of another, and keys keep their order.
// Where this and Falco's yaml-cpp take different texts: docs/compatibility.md.

import { type LoadOptions, loadAll, Schema, Type, YAMLException } from 'js-yaml';
import { YamlFault } from './fault.js';
import { fromInput, toInput } from './input.js';
import { MAX_DEPTH, MAX_KEY, MAX_NODES } from './limits.js';
import { createMarks } from './marks.js';
import type { Mark, YamlEntry, YamlNode, YamlScalar } from './node.js';
import { isQuotedOrBlock, skipProperties, skipSpace } from './spaces.js';

/** What js-yaml's loader shows its listener; its types know half of it. */
interface Loader {
  readonly position: number;
  readonly depth: number;
  readonly kind: 'scalar' | 'sequence' | 'mapping' | null;
  readonly anchor: string | null;
  readonly anchorMap: Record<string, unknown>;
  /** `?`: a plain scalar. */
  tag: string | null;
  result: unknown;
}

type Open<T extends YamlNode> = { -readonly [K in keyof T]: T[K] };

/** A node with what limits and places need. */
interface Noted {
  readonly node: YamlNode;
  /** Values that it stands for. */
  readonly size: number;
  readonly depth: number;
  readonly start: number;
  readonly end: number;
}

interface Reading {
  readonly text: string;
  readonly markAt: (offset: number) => Mark;
  readonly documents: YamlNode[];
  readonly most: number;
  /** By their numbers. */
  readonly noted: Noted[];
  /** Where nodes begin that have not ended. */
  readonly opened: number[];
  /** Aliases inside what they stand for, by js-yaml's own object for that. */
  readonly inside: Map<unknown, Open<YamlNode>[]>;
  /** End of the last document. */
  end: number;
  size: number;
}

/** Any tag on any node; Falco ignores them. */
const SCHEMA = new Schema({
  explicit: (['scalar', 'sequence', 'mapping'] as const).map((kind) => new Type('', { kind, multi: true })),
});

const TOO_DEEP = 'nested too deeply';

const ENOUGH = new Error('enough documents');

/** Reads documents until the text ends or there are `most`. @throws YamlFault */
export function readDocuments(text: string, documents: YamlNode[], most: number): void {
  const reading: Reading = {
    text,
    markAt: createMarks(text),
    documents,
    most,
    noted: [],
    opened: [],
    inside: new Map(),
    end: 0,
    size: 0,
  };
  const options = {
    schema: SCHEMA,
    json: true,
    // Nodes that only turn out to be parts of others count twice.
    maxDepth: MAX_DEPTH + 2,
    listener: (event: string, loader: unknown) => listen(reading, event, loader as Loader),
  };
  try {
    loadAll(toInput(text), undefined, options as LoadOptions);
  } catch (error) {
    if (error === ENOUGH) return;
    if (!(error instanceof YAMLException)) throw error;
    const tooDeep = error.reason.startsWith('nesting exceeded');
    throw new YamlFault(error.mark?.position ?? 0, tooDeep ? TOO_DEEP : error.reason, tooDeep);
  }
}

function listen(reading: Reading, event: string, loader: Loader): void {
  const { noted, opened } = reading;
  if (event === 'open') {
    opened.push(loader.position);
    return;
  }
  const from = opened.pop()!;
  const start = Math.min(skipSpace(reading.text, from), loader.position);
  const { node, size, depth } = noteNode(reading, loader, from, start);
  if (size > MAX_NODES) throw tooMany(start);
  if (depth >= MAX_DEPTH) throw new YamlFault(start, TOO_DEEP, true);
  loader.result = noted.push({ node, size, depth, start, end: loader.position }) - 1;
  if (noted.length > 4 * MAX_NODES) throw tooMany(start);
  if (loader.anchor !== null) loader.anchorMap[loader.anchor] = loader.result;
  if (loader.depth === 1) endDocument(reading, loader, from);
}

const tooMany = (offset: number): YamlFault =>
  new YamlFault(offset, `more than ${MAX_NODES} values, aliases included`, true);

function endDocument(reading: Reading, loader: Loader, from: number): void {
  const { text, documents, noted, most } = reading;
  const { node, size } = noted[loader.result as number]!;
  reading.size += size;
  if (reading.size > MAX_NODES) throw tooMany(from);
  const isThere = loader.kind !== null || MARKER.test(text.slice(reading.end, from)) || !isNothing(node);
  reading.end = loader.position;
  if (isThere) documents.push(node);
  if (documents.length >= most) throw ENOUGH;
}

const MARKER = /(?:^|[\r\n])---(?=[ \t\r\n]|$)/;
const isNothing = (node: YamlNode): boolean => node.kind === 'scalar' && node.isNull && node.text === '';

type Fresh = Pick<Noted, 'node' | 'size' | 'depth'>;

const single = (node: YamlNode): Fresh => ({ node, size: 1, depth: 1 });

function noteNode(reading: Reading, loader: Loader, from: number, start: number): Fresh {
  const { kind, result } = loader;
  if (typeof result === 'number') return noteAgain(reading, loader, reading.noted[result]!, start);
  if (kind === 'scalar') return single(scalar(reading, loader, start));
  if (kind === 'sequence') return noteSequence(reading, result as readonly unknown[], start);
  if (kind === 'mapping') return noteMapping(reading, result as Record<string, unknown>, start);
  if (result !== null) return aliasInside(reading, result, start);
  const node = nullAt(reading, start, loader.tag === null || loader.tag === '');
  // js-yaml forgets values that are not there, with their places, unless they have a tag.
  if (/[:?]/.test(reading.text[from - 1] ?? '')) loader.tag ??= '!';
  return single(node);
}

/** An alias, or what was read as the first key of a mapping and is all there is; then tag and anchor stand before it. */
function noteAgain({ markAt }: Reading, loader: Loader, { node, size, depth }: Noted, start: number): Fresh {
  if (loader.kind === null || node.mark.offset <= start) return { node, size, depth };
  const open = node as Open<YamlNode>;
  open.mark = markAt(start);
  if (open.kind === 'scalar' && loader.tag !== null && loader.tag !== '') open.isNull = false;
  return { node, size, depth };
}

function aliasInside({ inside, markAt, text }: Reading, target: unknown, start: number): Fresh {
  const hole: Open<YamlScalar> = {
    kind: 'scalar',
    mark: markAt(start),
    text: '',
    isNull: true,
    source: text,
    from: start,
  };
  inside.set(target, [...(inside.get(target) ?? []), hole]);
  return single(hole);
}

const NULLS: ReadonlySet<string> = new Set(['~', 'null', 'Null', 'NULL']);

/** Two escapes for one character, as in JSON; yaml-cpp takes none of them. */
const HALVES = /\\u[dD][89a-fA-F]/;

function scalar({ text, markAt }: Reading, { tag, result, position }: Loader, start: number): YamlScalar {
  const from = skipProperties(text, start);
  const value =
    text[from] === '"' && HALVES.test(text.slice(from, position)) ? undefined : fromInput(result as string);
  if (value === undefined) throw new YamlFault(start, 'an escape stands for no character');
  const isPlain = tag === '?' || (tag === '' && !isQuotedOrBlock(text, from));
  return {
    kind: 'scalar',
    mark: markAt(start),
    text: value,
    isNull: isPlain && NULLS.has(value),
    source: text,
    from,
  };
}

function nullAt({ text, markAt }: Reading, offset: number, isNull = true): YamlScalar {
  // For yaml-cpp the end of a text is the begin of a line.
  const mark = offset < text.length ? markAt(offset) : { ...markAt(offset), column: 0 };
  return { kind: 'scalar', mark, text: '', isNull, source: text, from: offset };
}

function noteSequence(reading: Reading, result: readonly unknown[], start: number): Fresh {
  let end = start;
  const parts = result.map((value) => {
    const part = typeof value === 'number' ? reading.noted[value]! : partWithoutNumber(reading, value, end);
    end = part.end;
    return part;
  });
  const mark = reading.markAt(start);
  return collected(reading, result, { kind: 'sequence', mark, items: parts.map(({ node }) => node) }, parts);
}

/** `key: value` in a flow sequence, or nothing behind a dash. */
function partWithoutNumber(reading: Reading, value: unknown, end: number): Noted {
  if (value === null) {
    const dash = reading.text.indexOf('-', end);
    const start = skipSpace(reading.text, dash + 1);
    return { ...single(nullAt(reading, start)), start, end: dash + 1 };
  }
  const first = Object.keys(value as object)[0]!;
  const { start } = reading.noted[Number(first)]!;
  const pair = noteMapping(reading, value as Record<string, unknown>, start);
  const last = Object.values(value as Record<string, unknown>)[0];
  return { ...pair, start, end: reading.noted[Number(last ?? first)]!.end };
}

function noteMapping(reading: Reading, result: Record<string, unknown>, start: number): Fresh {
  const parts: Noted[] = [];
  const entries = Object.entries(result).map(([number, value]): YamlEntry => {
    const key = reading.noted[Number(number)]!;
    if (key.end - key.start > MAX_KEY && !isExplicit(reading.text, key.start))
      throw new YamlFault(key.end, `a key of more than ${MAX_KEY} bytes`);
    parts.push(key);
    if (typeof value !== 'number')
      return { key: key.node, value: nullAt(reading, skipSpace(reading.text, key.end)) };
    parts.push(reading.noted[value]!);
    return { key: key.node, value: reading.noted[value]!.node };
  });
  return collected(reading, result, { kind: 'mapping', mark: reading.markAt(start), entries }, parts);
}

const isExplicit = (text: string, start: number): boolean =>
  /\?\s*$/.test(text.slice(Math.max(0, start - 80), start));

/** @param own js-yaml's object for the collection, which aliases inside it have met */
function collected({ inside }: Reading, own: unknown, node: YamlNode, parts: readonly Noted[]): Fresh {
  let size = 1;
  let depth = 0;
  for (const part of parts) {
    size += part.size;
    depth = Math.max(depth, part.depth);
  }
  const holes = inside.get(own);
  if (holes === undefined) return { node, size, depth: depth + 1 };
  inside.delete(own);
  fill(node, new Set(holes));
  return { node, size, depth: depth + 1 };
}

/** Puts a collection where aliases of it stand inside it. */
function fill(whole: YamlNode, holes: ReadonlySet<YamlNode>): void {
  const filled = (node: YamlNode): YamlNode => (holes.has(node) ? whole : node);
  const seen = new Set<YamlNode>();
  const open = [whole];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node) || node.kind === 'scalar') continue;
    seen.add(node);
    if (node.kind === 'sequence') {
      open.push(...node.items);
      (node as Open<typeof node>).items = node.items.map(filled);
    } else {
      for (const { key, value } of node.entries) open.push(key, value);
      const entries = node.entries.map(({ key, value }) => ({ key: filled(key), value: filled(value) }));
      (node as Open<typeof node>).entries = entries;
    }
  }
}
