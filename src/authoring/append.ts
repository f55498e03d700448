// In: the text of a rules file, and items as rules-yaml writes them. Out: the text with the items behind its own. What
// stands there is not touched: comments, order and layout are its author's.

import type { ByteString } from '../bytes.js';
import { keyText, parseYaml, type YamlNode } from '../yaml.js';

export interface NewItem {
  readonly kind: 'macro' | 'list' | 'rule';
  readonly name: ByteString;
  /** Its lines, the first with a dash in the first column. */
  readonly yaml: ByteString;
}

export type Appended =
  | {
      readonly ok: true;
      readonly text: ByteString;
      /** New items whose name was there already: the last definition counts. */
      readonly again: readonly NewItem[];
    }
  | { readonly ok: false; readonly why: ByteString };

/** Adds items to a rules file. */
export function appendItems(text: ByteString, items: readonly NewItem[]): Appended {
  const read = parseYaml(text);
  if (read.error !== undefined) return { ok: false, why: `it cannot be read: ${read.error.message}` };
  const root = read.documents.at(-1);
  if (root === undefined || isEmpty(root))
    return {
      ok: true,
      text: joined(
        text,
        items.map(({ yaml }) => yaml),
      ),
      again: [],
    };
  if (root.kind !== 'sequence' || !root.items.every(isItem)) return { ok: false, why: 'it is no rules file' };
  if (read.text[root.mark.offset] !== '-') return { ok: false, why: 'its list is in brackets' };
  const indent = ' '.repeat(root.mark.column);
  const added = items.map(({ yaml }) => yaml.replace(/^(?=.)/gm, indent));
  const names = read.documents.flatMap(namesIn);
  const there = new Set(names);
  const whole = joined(text, added);
  // Nothing is written if what stands at the end takes in what comes behind it.
  if (parseYaml(whole).documents.flatMap(namesIn).length !== names.length + items.length)
    return { ok: false, why: 'what stands at its end goes on into what comes behind it' };
  return {
    ok: true,
    text: whole,
    again: items.filter(({ kind, name }) => there.has(`${kind} ${name}`)),
  };
}

function joined(text: ByteString, added: readonly ByteString[]): ByteString {
  const head = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return [head, ...added].filter((part) => part !== '').join('\n');
}

const isEmpty = (node: YamlNode): boolean => node.kind === 'scalar' && node.isNull;

const NAMING = ['rule', 'macro', 'list'];

/** Rules files hold more than items: what they require. */
const isItem = (node: YamlNode): boolean =>
  node.kind === 'mapping' &&
  node.entries.some(({ key }) =>
    [...NAMING, 'required_engine_version', 'required_plugin_versions'].includes(keyText(key) ?? ''),
  );

function namesIn(root: YamlNode): readonly string[] {
  if (root.kind !== 'sequence') return [];
  return root.items.flatMap((item) =>
    item.kind !== 'mapping'
      ? []
      : item.entries.flatMap(({ key, value }) =>
          NAMING.includes(keyText(key) ?? '') && value.kind === 'scalar'
            ? [`${keyText(key)} ${value.text}`]
            : [],
        ),
  );
}
