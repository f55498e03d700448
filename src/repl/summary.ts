// An event in one line: what was asked of what, by whom, and the answer. Lines that stand together are aligned.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { compactText } from '../json/read.js';
import type { About } from '../plugins/plugin.js';
import { printable } from '../printable.js';
import type { ReplState } from './state.js';
import { clip, columns, padEnd, shown } from './words.js';

const LONGEST_CELL = 48;

/** Lines `  #2  get pods/exec  kube-system/dns  alice  101`. */
export function summaries(
  { workspace, options }: ReplState,
  events: readonly Event[],
): readonly ByteString[] {
  const read = (name: string | undefined, event: Event): ByteString | undefined => {
    const field = name === undefined ? undefined : workspace.sources.table(event.source)?.lookup(name);
    const value = field === undefined || 'error' in field ? undefined : field.extract(event);
    return value === undefined ? undefined : shown(value);
  };
  const rows = events.map((event) => {
    const of = (name: string | undefined): ByteString | undefined => read(name, event);
    const about = workspace.sources.about(event.source);
    const own = about.verb === AUDIT_VERB ? auditCells(of) : otherCells(about, of);
    return [
      `#${event.num}`,
      ...(own.join('') === '' ? [clip(printable(textOf(event)), LONGEST_CELL), '', '', ''] : own),
    ];
  });
  const natural = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => columns(row[column]!))));
  const widths = fitted(natural, options.width?.());
  return rows.map(([number = '', ...rest]) => {
    const padded = rest.map((cell, index) => {
      const width = widths[index + 1]!;
      return padEnd(clip(cell, width), width);
    });
    return `${MARGIN}${options.style.dim(padEnd(number, widths[0]!))}${GAP}${padded.join(GAP).trimEnd()}`;
  });
}

const MARGIN = '  ';
const GAP = '  ';
const NARROWEST = 10;

/** Widths that a screen has room for: the widest columns give way. */
function fitted(natural: readonly number[], screen: number | undefined): readonly number[] {
  const widths = [...natural];
  const room = (screen ?? Number.POSITIVE_INFINITY) - MARGIN.length - GAP.length * (natural.length - 1);
  const taken = (): number => widths.reduce((sum, width) => sum + width, 0);
  while (taken() > room) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= NARROWEST) break;
    widths[widest]!--;
  }
  return widths;
}

type Read = (name: string | undefined) => ByteString | undefined;

const textOf = ({ text, document, root }: Event): ByteString => text ?? compactText(document, root);

function otherCells(
  { user, verb, resource, namespace, name, code }: About,
  read: Read,
): readonly ByteString[] {
  const joined = (names: readonly (string | undefined)[], by: string): ByteString =>
    clip(names.map(read).filter(Boolean).join(by), LONGEST_CELL);
  return [
    joined([verb, resource], ' '),
    joined([namespace, name], '/'),
    joined([user], ''),
    joined([code], ''),
  ];
}

const AUDIT_VERB = 'ka.verb';

/** Of audit events people know more: subresources, paths, stages. */
function auditCells(read: Read): readonly ByteString[] {
  const [resource, subresource] = [read('ka.target.resource'), read('ka.target.subresource')];
  const [namespace, name] = [read('ka.target.namespace'), read('ka.target.name')];
  const path = (read('ka.uri') ?? '').split('?')[0]!;
  const what = resource === undefined ? path : [resource, subresource].filter(Boolean).join('/');
  const target = resource === undefined ? '' : [namespace, name].filter(Boolean).join('/');
  const stage = read('ka.stage') ?? '';
  return [
    clip(`${read('ka.verb') ?? '?'} ${what}`, LONGEST_CELL),
    clip(target, LONGEST_CELL),
    clip(read('ka.user.name') ?? '', LONGEST_CELL),
    `${read('ka.response.code') ?? ''}${stage === 'ResponseComplete' ? '' : ` ${stage}`}`.trim(),
  ];
}
