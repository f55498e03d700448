// The rules files that an editor knows, open ones as they are on the screen: which belong together, and who defines and
// names what.

import type { LintContext } from '../authoring/lint.js';
import type { ByteString } from '../bytes.js';
import type { TextDocument } from './document.js';
import { createKnowledge, type Knowledge } from './knowledge.js';
import { type ItemKind, type Named, type Outline, type OutlineItem, outlineOf } from './outline.js';

export interface RulesDocument extends TextDocument {
  readonly outline: Outline;
}

export const withOutline = (document: TextDocument): RulesDocument => ({
  ...document,
  outline: outlineOf(document),
});

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
  /** Where items of a kind are defined, by name; those of the document first. */
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
    const found = new Map<ByteString, Definition>();
    const order = near === undefined ? [...documents.values()] : [near, ...documents.values()];
    for (const document of order)
      for (const named of document.outline.names) {
        if (named.kind !== kind || !named.defines || found.has(named.name)) continue;
        const item = document.outline.items.find(
          (one) =>
            one.kind === kind &&
            one.name === named.name &&
            lineOf(document, named) >= one.from &&
            lineOf(document, named) <= one.to,
        );
        if (item !== undefined) found.set(named.name, { document, named, item });
      }
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
        const own = new Set(
          one.outline.names.filter(({ defines }) => defines).map(({ kind, name }) => `${kind} ${name}`),
        );
        for (const { kind, name } of one.outline.names) {
          const home = own.has(`${kind} ${name}`) ? undefined : known[kind].get(name);
          if (home !== undefined) needed.add(home.document);
        }
      }
      return [...needed].reverse();
    },
    places: (kind, name) =>
      [...documents.values()].flatMap((document) =>
        document.outline.names
          .filter((named) => named.kind === kind && named.name === name)
          .map((named) => ({ document, named })),
      ),
    namedAt: ({ outline }, offset) =>
      outline.names.find(({ offset: start, name }) => start <= offset && offset <= start + name.length),
  };
}

/** The line of a name. */
export function lineOf({ rangeAt }: TextDocument, { offset }: Named): number {
  return rangeAt(offset, 0).start.line;
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
