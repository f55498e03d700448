// Changes that an editor offers beside fixes: an exception for a rule, a comment that switches a check off.

import type { ByteString } from '../bytes.js';
import type { Finding } from '../engine/rules/lint/finding.js';
import { isSuppressible } from '../engine/rules/lint/suppress.js';
import { itemAt } from './outline.js';
import { type RulesDocument, valueIn } from './project.js';

export interface TextChange {
  readonly title: string;
  readonly offset: number;
  readonly text: ByteString;
}

/** An exception to fill in, behind what the rule has. */
export function newException(document: RulesDocument, line: number): TextChange | undefined {
  const item = itemAt(document.outline, line);
  if (item?.kind !== 'rule' || line > item.to) return undefined;
  const definition = {
    document,
    item,
    named: { kind: item.kind, name: item.name, offset: 0, defines: true },
  };
  if (valueIn(definition, 'condition') === undefined) return undefined;
  const pad = ' '.repeat(item.column);
  const entry = `${pad}  - name: known_users\n${pad}    fields: [ka.user.name, ka.target.namespace]\n${pad}    comps: [=, =]\n${pad}    values:\n${pad}      - [alice@example.com, shop]\n`;
  const there = document.lines.findIndex(
    (text, at) =>
      at >= item.from && at <= item.to && new RegExp(`^ {${item.column}}exceptions:\\s*$`).test(text),
  );
  if (there >= 0)
    return {
      title: 'add an exception',
      offset: document.starts[there + 1] ?? document.bytes.length,
      text: entry,
    };
  const next = document.starts[item.to + 1];
  const lead = next === undefined ? '\n' : '';
  return {
    title: 'add an exception',
    offset: next ?? document.bytes.length,
    text: `${lead}${pad}exceptions:\n${entry}`,
  };
}

/** A comment above the item of a finding. */
export function switchOff(document: RulesDocument, { id, level, place }: Finding): TextChange | undefined {
  if (level === 'error' || !isSuppressible(id)) return undefined;
  const item = itemAt(document.outline, place.line - 1);
  if (item === undefined) return undefined;
  const pad = ' '.repeat(item.column - 2);
  return {
    title: `switch ${id} off here`,
    offset: document.starts[item.from]!,
    text: `${pad}# tsfalco-disable-next-line ${id}: because …\n`.replace('…', '\xe2\x80\xa6'),
  };
}
