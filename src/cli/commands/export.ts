// tsfalco export: the events of a log, or some of them, whole or as chosen fields, with or without names; and nothing else.

import { randomBytes } from 'node:crypto';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import type { Event } from '../../event.js';
import { compactText } from '../../json/read.js';
import { createScanner } from '../../prefilter/reader/fastest.js';
import { csvLine } from '../../survey/csv.js';
import { createRedactor } from '../../survey/redact.js';
import type { TextReader } from '../../survey/stats.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { misuse, readArguments } from '../arguments/usage.js';
import { Failure, type Host, MISUSE } from '../host.js';
import { PLUGIN_USAGE } from '../load/tool-plugins.js';
import { leftOutText, readFields, sourcesGiven } from '../logs/fields.js';
import { INPUT_USAGE, lossText, openInputs } from '../logs/inputs.js';
import { fieldList, openFor, readAll, readWhere } from './stats.js';

const USAGE = `Usage: tsfalco export [--where CONDITION] [--fields FIELD,…]
                      [--format json|csv] [--redact] FILES…

Prints the events in a log, one JSON line each, in whatever form they were; or
chosen fields of them. Nothing else is printed.

--where CONDITION  only events that meet it; macros and lists of the rules count
--fields FIELDS  fields, with commas, instead of whole events
--format FORMAT  json (lines), or csv, which needs --fields
--redact   pseudonyms for names, addresses and free texts (docs/scan.md)
--redact-key TEXT  the same pseudonyms each time; without it: others each time
-r RULES   rules files instead of our own, for macros and lists of --where
--source NAME  only events of this event source, as okta
${INPUT_USAGE}${PLUGIN_USAGE}
Exit status: 0, 2 if nothing could be read or an option is wrong.
`;

const WRITE_BYTES = 256 * 1024;

/** @returns 0. @throws Failure with exit code 2 */
export async function exportEvents(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.export,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  const format = values.format ?? 'json';
  if (format !== 'json' && format !== 'csv')
    throw misuse(`Invalid format '${format}'. Valid values are: json, csv`);
  const fields = fieldList(values.fields ?? '');
  if (format === 'csv' && fields.length === 0) throw misuse('--format csv needs --fields');
  const inputs = openInputs(host, 'export', positionals, values);
  const workspace = await openFor(host, values);
  const where = values.where === undefined ? undefined : readWhere(workspace, values.where);
  const among = sourcesGiven(workspace, values.source).filter(
    (name) => where?.sources.includes(name) ?? true,
  );
  const { sources, readers } = readFields(workspace, fields, among);
  const line = lineOf(fields, readers, format);
  const isRedacted = values.redact === true || values['redact-key'] !== undefined;
  const changed = isRedacted ? redacting(values['redact-key'] ?? randomBytes(32).toString('hex')) : undefined;
  let out: ByteString[] = format === 'csv' ? [csvLine(fields)] : [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const text = out.join('');
    out = [];
    size = 0;
    await host.stdout.write(text);
  };
  const reading = await readAll(
    inputs,
    workspace,
    where,
    (event) => {
      if (!sources.includes(event.source)) return;
      const text = line(changed === undefined ? event : changed(event));
      out.push(text);
      size += text.length;
    },
    async () => {
      if (size >= WRITE_BYTES) await flush();
    },
  );
  await flush();
  for (const lost of [lossText(reading.drops), leftOutText(reading.bySource(), sources)])
    if (lost !== '') host.error(toBytes(lost));
  if (reading.events() === 0)
    throw new Failure(toBytes(`There are no events in ${inputs.what()}`), 'error', MISUSE);
  return inputs.status();
}

/** Events with pseudonyms; each is read anew, so that fields see them, too. */
function redacting(key: string): (event: Event) => Event {
  const { redact } = createRedactor(key);
  const scanner = createScanner();
  return (event) => {
    const text = redact(event);
    return { ...event, document: { ...scanner.scan(text)!, text }, root: 0 };
  };
}

function lineOf(
  fields: readonly ByteString[],
  readers: readonly TextReader[],
  format: 'json' | 'csv',
): (event: Event) => ByteString {
  if (fields.length === 0) return ({ document, root }) => `${compactText(document, root)}\n`;
  if (format === 'csv') return (event) => csvLine(readers.map((read) => read(event) ?? ''));
  return (event) => {
    const values = readers.map((read, n) => [fields[n]!, textOrNull(read(event))] as const);
    return `${toBytes(JSON.stringify(Object.fromEntries(values)))}\n`;
  };
}

const textOrNull = (value: ByteString | undefined): string | null =>
  value === undefined ? null : fromBytes(value);
