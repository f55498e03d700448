// tsfalco report: a log as one HTML page.

import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { toBytes } from '../../bytes.js';
import { errorText } from '../../sources/go-error.js';
import { createAlertReader } from '../../survey/alerts.js';
import { createReading } from '../../survey/reading.js';
import { createReportModel } from '../../survey/report-model.js';
import { reportPage } from '../../survey/report-page.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { misuse, readArguments } from '../arguments/usage.js';
import { Failure, type Host, MISUSE } from '../host.js';
import { PLUGIN_USAGE } from '../load/tool-plugins.js';
import { INPUT_USAGE, lossText, openInputs } from '../logs/inputs.js';
import { loadScanRules, RULE_USAGE } from '../logs/rules.js';
import { shipped } from '../shipped.js';

const USAGE = `Usage: tsfalco report -o report.html [--title TEXT] [-r RULES…] FILES…

Writes a log as one HTML page that needs nothing else: alerts over time, who did
what, denied requests, the path of each user, each alert with its event and why
it matches.

-o FILE    where to write it
--title TEXT  its heading
${INPUT_USAGE}${RULE_USAGE}${PLUGIN_USAGE}
Exit status: 0, 2 if nothing could be read or an option is wrong.
`;

const NO_JSON = { enabled: false, output: false, tags: false, message: false, outputFields: false };

/** @returns 0. @throws Failure with exit code 2 */
export async function report(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.report,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  const target = values.o;
  if (target === undefined) throw misuse('report needs -o FILE; see tsfalco report --help');
  const inputs = openInputs(host, 'report', positionals, values);
  const { workspace, rules, correlations } = await loadScanRules(host, values);
  const { sources } = workspace;
  const alerting = { rules, correlations, counting: workspace.rules };
  const { prefilterOf, alertsOf, passed, settle, finish } = createAlertReader(alerting, sources, {
    json: NO_JSON,
    isoTime: true,
    hostname: toBytes(hostname()),
  });
  const model = createReportModel(workspace);
  let shown = 0;
  // Of the payload under way: alerts by the number of their event.
  const found = new Map<number, ReturnType<typeof alertsOf>>();
  // Each payload is read twice: with the prefilter, which is the quickest way to its alerts, and for the fields of all its events.
  const judging = createReading({
    sources,
    span: inputs.span,
    prefilterOf,
    passed,
    report: () => undefined,
    use(event, state) {
      const alerts = alertsOf(event, state);
      if (alerts.length > 0) found.set(event.num, alerts);
    },
  });
  const reading = createReading({
    sources,
    span: inputs.span,
    report: inputs.report,
    use(event) {
      shown++;
      model.add(event, found.get(event.num) ?? []);
    },
  });
  for await (const payload of inputs.payloads(reading.drops, sources.others)) {
    judging.read(payload);
    reading.read(payload);
    found.clear();
    model.addCorrelated(settle());
  }
  model.addCorrelated(finish());
  inputs.settle();
  if (shown === 0) throw new Failure(toBytes(`There are no events in ${inputs.what()}`), 'error', MISUSE);
  const title = values.title ?? `Audit log: ${values.cluster ?? positionals.join(', ')}`;
  const page = reportPage(model.data(title, shown, lossText(reading.drops)), {
    html: part('page.html'),
    css: part('page.css'),
    js: part('page.js'),
  });
  writePage(target, page);
  host.error(
    toBytes(`${shown.toLocaleString('en-US')} events: ${target} (${(page.length / 1e6).toFixed(1)} MB)`),
  );
  return inputs.status();
}

const part = (name: string): string => readFileSync(shipped(`report/${name}`), 'utf8');

function writePage(target: string, page: string): void {
  try {
    writeFileSync(target, page);
  } catch (error) {
    throw new Failure(toBytes(`Could not write ${target}: ${errorText(error)}`), 'error', MISUSE);
  }
}
