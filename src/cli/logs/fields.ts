// Names of fields, as a command is given them, → readers of events of the sources that have them all.

import type { Workspace } from '../../authoring/workspace.js';
import type { ByteString } from '../../bytes.js';
import type { EventSources } from '../../plugins/event-sources.js';
import { suggest } from '../../suggest.js';
import { textReader } from '../../survey/alerts.js';
import type { TextReader } from '../../survey/stats.js';
import { misuse } from '../arguments/usage.js';
import { Failure, MISUSE } from '../host.js';

export interface FieldReaders {
  /** Sources whose events have all the fields. */
  readonly sources: readonly string[];
  /** One a field, for events of those. */
  readonly readers: readonly TextReader[];
}

/**
 * Makes readers of fields.
 * @param among sources that count
 * @throws Failure where there is no such field, or no source with all of them
 */
export function readFields(
  { sources: { table } }: Workspace,
  names: readonly ByteString[],
  among: readonly string[],
): FieldReaders {
  const knows = (source: string, name: ByteString): boolean => 'extract' in table(source)!.lookup(name);
  const sources = among.filter((source) => names.every((name) => knows(source, name)));
  for (const name of names)
    if (!among.some((source) => knows(source, name))) throw unknownField(name, among, table);
  if (sources.length === 0) throw misuse(`no event source has all of ${names.join(', ')}`);
  const readers = names.map((name): TextReader => {
    const bySource = new Map(sources.map((source) => [source, textReader(table(source)!, name)]));
    return (event) => bySource.get(event.source)?.(event);
  });
  return { sources, readers };
}

function unknownField(name: ByteString, among: readonly string[], table: EventSources['table']): Failure {
  const found = among.map((source) => table(source)!.lookup(name));
  const known = found.find((each) => 'error' in each && !each.unknown) ?? found[0];
  const error = known !== undefined && 'error' in known ? known.error : `there is no field ${name}`;
  const names = among.flatMap((source) =>
    table(source)!.classes.flatMap(({ fields }) => fields.map((field) => field.name)),
  );
  const near = known !== undefined && 'unknown' in known && known.unknown ? suggest(name, names) : undefined;
  return new Failure(`${error}${near === undefined ? '' : `; did you mean ${near}?`}`, 'error', MISUSE);
}

/** The sources that `--source` leaves. @throws Failure where nobody brings it */
export function sourcesGiven(
  { sources: { names } }: Workspace,
  source: string | undefined,
): readonly string[] {
  if (source === undefined) return names;
  if (names.includes(source)) return [source];
  throw misuse(`no plugin brings the event source ${source}; there are: ${names.join(', ')}`);
}

/** `3 events of okta left out`, for sources that a command does not look at; empty: there are none. */
export function leftOutText(
  seen: readonly (readonly [source: string, events: number])[],
  wanted: readonly string[],
): string {
  const others = seen.filter(([source]) => !wanted.includes(source));
  if (others.length === 0) return '';
  return `left out: ${others.map(([source, count]) => `${count} ${count === 1 ? 'event' : 'events'} of ${source}`).join(', ')}`;
}
