// tsfalco scan: the alerts in a log, without a configuration.

import { hostname } from 'node:os';
import { type ByteString, toBytes } from '../../bytes.js';
import { type AlertingRule, createAlertReader, type LogAlert } from '../../survey/alerts.js';
import { createFindings, type Findings } from '../../survey/findings.js';
import { CSV_HEAD, csvText, findingsText, screenText, textLine } from '../../survey/formats.js';
import { createReading, type Reading } from '../../survey/reading.js';
import { SARIF_TAIL, sarifHead, sarifResult } from '../../survey/sarif.js';
import type { Paint } from '../../survey/terminal.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { misuse, readArguments } from '../arguments/usage.js';
import { TSFALCO_VERSION } from '../arguments/versions.js';
import { Failure, type Host, MISUSE } from '../host.js';
import { PLUGIN_USAGE } from '../load/tool-plugins.js';
import { INPUT_USAGE, type Inputs, lossText, openInputs } from '../logs/inputs.js';
import { paintOf, widthOf } from '../logs/paint.js';
import { loadScanRules, RULE_USAGE, readPriority, type ScanRules } from '../logs/rules.js';

const USAGE = `Usage: tsfalco scan [--format text|json|csv|sarif] [--fail-on PRIORITY]
                    [-r RULES…] [--from TIME] [--to TIME] FILES…
       tsfalco scan --cluster NAME [--from TIME] …

Prints the alerts in a log, and then what each rule found: how often, from when
to when, who most. No configuration is needed; all rules that match an event
count. Times are UTC.

${INPUT_USAGE}${RULE_USAGE}${PLUGIN_USAGE}--format FORMAT  text; json: a line an alert, as Falco writes it; csv; sarif
--fail-on PRIORITY  exit with 1 if there is an alert of this priority or worse

Exit status: 0, 1 with --fail-on, 2 if nothing could be read, the service failed
on the way or an option is wrong.
`;

const FORMATS = ['text', 'json', 'csv', 'sarif'] as const;
type Format = (typeof FORMATS)[number];

/** Alerts are written together, up to so many bytes. */
const WRITE_BYTES = 256 * 1024;

/** @returns 0, 1 where an alert is as severe as --fail-on says. @throws Failure with exit code 2 */
export async function scan(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.scan,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  const format = readFormat(values.format ?? 'text');
  const failOn = readPriority('fail-on', values['fail-on']);
  const inputs = openInputs(host, 'scan', positionals, values);
  const rules = await loadScanRules(host, values);
  const findings = await run(host, inputs, rules, format);
  return inputs.status() || (failOn !== undefined && findings.has(failOn) ? 1 : 0);
}

function readFormat(text: string): Format {
  const format = FORMATS.find((known) => known === text);
  if (format === undefined) throw misuse(`Invalid format '${text}'. Valid values are: ${FORMATS.join(', ')}`);
  return format;
}

interface Writing {
  readonly head: ByteString;
  readonly alert: (alert: LogAlert, first: boolean) => ByteString;
  readonly tail: ByteString;
}

async function run(
  host: Host,
  inputs: Inputs,
  { rules, correlations, workspace }: ScanRules,
  format: Format,
): Promise<Findings> {
  const { sources } = workspace;
  const json = { enabled: format === 'json', output: true, tags: true, message: false, outputFields: true };
  const alerting = { rules, correlations, counting: workspace.rules };
  const { prefilterOf, alertsOf, passed, settle, finish } = createAlertReader(alerting, sources, {
    json,
    isoTime: true,
    hostname: toBytes(hostname()),
  });
  const findings = createFindings();
  const paint = paintOf(host);
  const { head, alert: write, tail } = writingOf(format, host, inputs, [...rules, ...correlations], paint);
  let out = head;
  const begin = performance.now();
  const add = (alert: LogAlert): void => {
    out += write(alert, findings.total() === 0);
    findings.add(alert);
  };
  const reading = createReading({
    sources,
    span: inputs.span,
    prefilterOf,
    passed,
    report: inputs.report,
    use: (event, state) => alertsOf(event, state).forEach(add),
  });
  for await (const payload of inputs.payloads(reading.drops, sources.others)) {
    reading.read(payload);
    settle().forEach(add);
    if (out.length < WRITE_BYTES) continue;
    await host.stdout.write(out, format === 'text');
    out = '';
  }
  finish().forEach(add);
  await host.stdout.write(out + tail, format === 'text');
  inputs.settle();
  const seconds = (performance.now() - begin) / 1000;
  await conclude(host, format, inputs, reading, findings, paint, seconds);
  return findings;
}

function writingOf(
  format: Format,
  host: Host,
  inputs: Inputs,
  rules: readonly AlertingRule[],
  paint: Paint,
): Writing {
  switch (format) {
    case 'text':
      if (host.columns === undefined) return { head: '', alert: textLine, tail: '' };
      return { head: '', alert: (alert) => screenText(alert, paint, widthOf(host)), tail: '' };
    case 'json':
      return { head: '', alert: ({ line }) => `${line}\n`, tail: '' };
    case 'csv':
      return { head: CSV_HEAD, alert: csvText, tail: '' };
    case 'sarif': {
      const name = toBytes(inputs.what());
      return {
        head: sarifHead(rules, TSFALCO_VERSION),
        alert: (alert, first) => sarifResult(alert, name, first),
        tail: SARIF_TAIL,
      };
    }
  }
}

// Of a form for machines the closing table is no part, so people get it on standard error.
async function conclude(
  host: Host,
  format: Format,
  inputs: Inputs,
  reading: Reading,
  findings: Findings,
  paint: Paint,
  seconds: number,
): Promise<void> {
  const events = reading.events();
  const lost = lossText(reading.drops);
  if (events === 0) {
    const why = lost === '' ? '' : ` (${lost})`;
    throw new Failure(toBytes(`There are no events in ${inputs.what()}${why}`), 'error', MISUSE);
  }
  const found = findings.byRule().length;
  const alerts = `${count(findings.total(), 'alert')}${found > 0 ? ` of ${count(found, 'rule')}` : ''}`;
  const stopped = inputs.stopped() ? ', stopped before the end' : '';
  const rate = `${seconds.toFixed(1)} s, ${grouped(Math.round(events / Math.max(seconds, 0.001)))} events/s`;
  const last = `${alerts} in ${count(events, 'event')} of ${inputs.what()}${stopped} (${rate})`;
  const text = `${findings.total() > 0 ? `\n${findingsText(findings, paint)}\n` : ''}${toBytes(last)}\n${lost === '' ? '' : `${toBytes(lost)}\n`}`;
  // What others wrote is spelled out in it already, and colours are not to be.
  if (format === 'text') await host.stdout.write(text, true);
  else for (const line of text.trim().split('\n')) host.error(line);
}

const grouped = (n: number): string => n.toLocaleString('en-US');
const count = (n: number, what: string): string => `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
