// Items that one file defines twice in full: mostly copies that somebody forgot to rename, or an `override` that is
// missing. In two files it is the way to replace an item.

import { isNull, keyText, parseYaml, valueAt, type YamlMapping } from '../../../yaml.js';
import type { RulesFile } from '../loader.js';
import { placeOfNode, sourceFile } from '../texts/place.js';
import { type Finding, finding } from './finding.js';

/** Kinds of items, and a key that only full definitions need. */
const KINDS = { rule: 'desc', macro: 'condition', list: 'items', correlation: 'desc' } as const;

export function checkRedefined({ name, content }: RulesFile): readonly Finding[] {
  const yaml = parseYaml(content);
  const file = sourceFile(name, yaml);
  const lines = new Map<string, number>();
  const items = yaml.documents.flatMap((document) => (document.kind === 'sequence' ? document.items : []));
  return items.flatMap((item): readonly Finding[] => {
    if (item.kind !== 'mapping') return [];
    const defined = definitionOf(item);
    if (defined === undefined) return [];
    const { kind, named } = defined;
    const key = `${kind} '${named}'`;
    const earlier = lines.get(key);
    lines.set(key, item.mark.line + 1);
    if (earlier === undefined) return [];
    const message = `${key} replaces the one in line ${earlier}; to change that one, say so with 'override'`;
    return [finding('redefined-item', message, placeOfNode(file, item), { item: named })];
  });
}

function definitionOf(item: YamlMapping) {
  const keys = new Set(item.entries.map(({ key }) => keyText(key)));
  if (keys.has('append') || keys.has('override')) return undefined;
  for (const kind of ['list', 'macro', 'rule', 'correlation'] as const) {
    const node = valueAt(item, kind);
    if (node === undefined || node.kind !== 'scalar' || isNull(node)) continue;
    return keys.has(KINDS[kind]) ? { kind, named: node.text } : undefined;
  }
  return undefined;
}
