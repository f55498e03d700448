// The rules files that an editor knows, open ones as they are on the screen: which belong together, and who defines and
// names what.

import type { LintContext } from '../authoring/lint.js';
import type { ByteString } from '../bytes.js';
import type { TextDocument } from './document.js';
import { createKnowledge, type Knowledge } from './knowledge.js';
import {
  type ItemKind,
  type Named,
  type NameSpace,
  type Outline,
  type OutlineItem,
  outlineOf,
  spaceOf,
} from './outline.js';

export interface RulesDocument extends TextDocument {
  readonly outline: Outline;
}

/** The document with its outline, which is made when it is asked for: most texts are replaced before. */
export function withOutline(document: TextDocument): RulesDocument {
  let made: Outline | undefined;
  return {
    ...document,
    get outline() {
      return (made ??= outlineOf(document));
    },
  };
}

export interface Place {
  readonly document: RulesDocument;
  readonly named: Named;
}

export interface Project {
  /** Plugins that its rules may be for. */
  readonly context: LintContext;
  readonly knowledge: Knowledge;
  set(document: RulesDocument): void;
  delete(uri: string): void;
  get(uri: string): RulesDocument | undefined;
  /** Every document. */
  all(): Iterable<RulesDocument>;
  /** A document and those that it needs, theirs included. */
  withNeeds(document: RulesDocument): readonly RulesDocument[];
  /** Where items of a kind are defined, by name; those of the document first. Correlations are among the rules. */
  definitions(kind: ItemKind, near?: RulesDocument): ReadonlyMap<ByteString, Definition>;
  /** Definitions and uses of an item. */
  places(kind: ItemKind, name: ByteString): readonly Place[];
  /** What stands at an offset. */
  namedAt(document: RulesDocument, offset: number): Named | undefined;
}

export interface Definition {
  readonly document: RulesDocument;
  readonly named: Named;
  readonly item: OutlineItem;
}

export function createProject(context: LintContext): Project {
  const documents = new Map<string, RulesDocument>();
  const definitions: Project['definitions'] = (kind, near) => {
    const space = spaceOf(kind);
    const found = new Map(near === undefined ? [] : definitionsIn(near)[space]);
    for (const document of documents.values())
      for (const [name, definition] of definitionsIn(document)[space])
        if (!found.has(name)) found.set(name, definition);
    return found;
  };
  return {
    context,
    knowledge: createKnowledge(context.sources),
    set: (document) => void documents.set(document.uri, document),
    delete: (uri) => void documents.delete(uri),
    get: (uri) => documents.get(uri),
    all: () => documents.values(),
    definitions,
    withNeeds(document) {
      const known = { macro: definitions('macro'), list: definitions('list'), rule: definitions('rule') };
      const needed = new Set([document]);
      for (const one of needed) {
        const own = definitionsIn(one);
        for (const { kind, name } of one.outline.names) {
          const space = spaceOf(kind);
          const home = own[space].has(name) ? undefined : known[space].get(name);
          if (home !== undefined) needed.add(home.document);
        }
      }
      return [...needed].reverse();
    },
    places: (kind, name) =>
      [...documents.values()].flatMap((document) =>
        document.outline.names
          .filter((named) => spaceOf(named.kind) === spaceOf(kind) && named.name === name)
          .map((named) => ({ document, named })),
      ),
    namedAt: ({ outline }, offset) =>
      outline.names.find(({ offset: start, name }) => start <= offset && offset <= start + name.length),
  };
}

type Definitions = Readonly<Record<NameSpace, ReadonlyMap<ByteString, Definition>>>;

const remembered = new WeakMap<RulesDocument, Definitions>();

/** What a document defines, the first of each name; remembered as long as the document is. */
function definitionsIn(document: RulesDocument): Definitions {
  const before = remembered.get(document);
  if (before !== undefined) return before;
  const made = {
    rule: new Map<ByteString, Definition>(),
    macro: new Map<ByteString, Definition>(),
    list: new Map<ByteString, Definition>(),
  };
  for (const { named, item } of document.outline.definitions) {
    const names = made[spaceOf(named.kind)];
    if (!names.has(named.name)) names.set(named.name, { document, named, item });
  }
  remembered.set(document, made);
  return made;
}

/** Lines of an item, without the indentation of its keys. */
export function textOf({ document, item }: Definition): ByteString {
  return document.lines.slice(item.from, item.to + 1).join('\n');
}

/** The value of a key of an item, its lines joined by blanks. */
export function valueIn({ document, item }: Definition, key: string): ByteString | undefined {
  const lines = document.lines.slice(item.from, item.to + 1);
  const head = new RegExp(`^[ -]{${item.column}}["']?${key}["']?[ \\t]*:[ \\t]*`);
  const at = lines.findIndex((line) => head.test(line));
  if (at < 0) return undefined;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => /\S/.test(line) && /^ */.exec(line)![0].length <= item.column);
  const first = lines[at]!.replace(head, '').replace(/^[|>][-+0-9]*\s*$/, '');
  return [first, ...(end < 0 ? rest : rest.slice(0, end))]
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
