// In: rules files in any order, as `rules/*.yaml` gives them. Out: the order in which each stands behind those whose
// macros, lists and rules it needs; apart from that the order given. What a file defines itself it needs from nobody.

import type { ByteString } from '../../../bytes.js';
import { keyText, parseYaml, valueAt, type YamlMapping } from '../../../yaml.js';
import type { RulesFile } from '../loader.js';

export function inOrderOfNeed(files: readonly RulesFile[]): readonly RulesFile[] {
  if (files.length < 2) return files;
  const uses = files.map(({ content }) => usesOf(content));
  const homes = new Map<ByteString, number>();
  for (const [index, { defined }] of uses.entries())
    for (const name of defined) if (!homes.has(name)) homes.set(name, index);
  const needs = uses.map(
    ({ defined, wanted }) =>
      new Set([...wanted].flatMap((name) => (defined.has(name) ? [] : (homes.get(name) ?? [])))),
  );
  const left = new Set(files.keys());
  const ordered: RulesFile[] = [];
  while (left.size > 0) {
    const free = [...left].find((index) => ![...needs[index]!].some((other) => left.has(other)));
    const next = free ?? [...left][0]!;
    left.delete(next);
    ordered.push(files[next]!);
  }
  return ordered;
}

interface Uses {
  /** What it defines in full, as `macro m`. */
  readonly defined: ReadonlySet<ByteString>;
  /** What it names, as `macro m`; words of conditions are tried as macros and as lists. */
  readonly wanted: ReadonlySet<ByteString>;
}

function usesOf(content: ByteString): Uses {
  const defined = new Set<ByteString>();
  const wanted = new Set<ByteString>();
  for (const root of parseYaml(content).documents)
    if (root.kind === 'sequence')
      for (const item of root.items) if (item.kind === 'mapping') note(item, defined, wanted);
  return { defined, wanted };
}

const FULL = { list: 'items', macro: 'condition', rule: 'desc', correlation: 'desc' } as const;
/** Steps of correlations are rules or correlations. */
const STEPS = ['rule', 'correlation'] as const;
const QUOTED = /"(?:[^"\\]|\\.)*"|'[^']*'/g;
const WORD = /[A-Za-z_][\w-]*/g;

function note(item: YamlMapping, defined: Set<ByteString>, wanted: Set<ByteString>): void {
  const keys = new Set(item.entries.map(({ key }) => keyText(key)));
  for (const kind of ['list', 'macro', 'rule', 'correlation'] as const) {
    const name = valueAt(item, kind);
    if (name?.kind !== 'scalar') continue;
    const full = keys.has(FULL[kind]) && !keys.has('append') && !keys.has('override');
    (full ? defined : wanted).add(`${kind} ${name.text}`);
  }
  for (const name of stepsOf(item)) for (const kind of STEPS) wanted.add(`${kind} ${name}`);
  const condition = valueAt(item, 'condition');
  if (condition?.kind === 'scalar')
    for (const [word] of condition.text.replace(QUOTED, ' ').matchAll(WORD))
      wanted.add(`macro ${word}`).add(`list ${word}`);
  const items = valueAt(item, 'items');
  if (items?.kind === 'sequence')
    for (const one of items.items) if (one.kind === 'scalar') wanted.add(`list ${one.text}`);
}

function stepsOf(item: YamlMapping): readonly ByteString[] {
  const rules = valueAt(item, 'rules');
  return (rules?.kind === 'sequence' ? rules.items : []).flatMap((step) => {
    const name = step.kind === 'mapping' ? valueAt(step, 'rule') : step;
    return name?.kind === 'scalar' ? [name.text] : [];
  });
}
