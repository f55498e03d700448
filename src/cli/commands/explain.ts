// tsfalco explain: why a rule matches an event, or does not.

import { explanationData, explanationText } from '../../authoring/explain-text.js';
import type { Workspace } from '../../authoring/workspace.js';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { suggest } from '../../suggest.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { answering, loadWorkspace, readArguments } from '../arguments/usage.js';
import { Failure, type Host } from '../host.js';
import { loadToolPlugins, PLUGIN_USAGE } from '../load/tool-plugins.js';
import { readLogInto } from '../logs/read.js';
import { explainCorrelation } from './explain-correlation.js';
import { explainEvents } from './explain-events.js';

const USAGE = `Usage: tsfalco explain [-r RULES…] [--num N] [--alert LINE] [--json] FILE
       tsfalco explain -r RULES [-r RULES…] --rule NAME --event FILE [--json]
       with plugins: [-c CONFIG] [--plugin PLUGIN…]

Says for each event in FILE (- for standard input; any form, packed or not)
which rules match, in order, and why, which rules it misses by little, and in
which correlations it counts; then the windows of those, and what is missing.
With --rule: the tree of that rule's condition for every event: which parts
hold, what each check read from the event, and which part decided. Of a
correlation: which events met its steps, by group and time, and what is missing.

-r RULES      rules files; without --rule: instead of our own
--num N       only the event of this number in the file
--alert LINE  only the event that brought this alert about, found by its auditID
${PLUGIN_USAGE}
Exit status: 0 if the rule matches every event (without --rule: if any rule
matches), 1 if not, 2 if a file or an option cannot be read.
`;

/** @returns 0 if the rule matches every event of the file, 1 if not. @throws Failure with exit code 2 */
export const explain = (argv: readonly string[], host: Host): Promise<number> =>
  answering(() => run(argv, host));

async function run(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.explain,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  const { rule: name, event: path = positionals[0] } = values;
  if (positionals.length > 1) throw new Failure('explain takes one file; see tsfalco explain --help');
  if (name === undefined && path !== undefined) {
    const { r: rules, alert, json = false } = values;
    const { c, plugin } = values;
    return explainEvents(host, { path, rules, c, plugin, num: readNumber(values.num), alert, json });
  }
  if (values.r === undefined || name === undefined || path === undefined)
    throw new Failure('explain needs a file, or -r, --rule and --event; see tsfalco explain --help');
  const { sources } = await loadToolPlugins(host, values);
  const workspace = loadWorkspace(host, values.r, { sources });
  const correlation = workspace.correlations.find(({ info }) => info.name === toBytes(name));
  if (correlation !== undefined) return explainCorrelation(host, workspace, correlation, path);
  const rule = workspace.rules.find(({ info }) => info.name === toBytes(name));
  if (rule === undefined)
    throw new Failure(
      `Rule "${toBytes(name)}" is not among the enabled rules of these files${hint(workspace, name)}`,
    );
  const out: string[] = [];
  let allMatch = true;
  let others = 0;
  const report = (line: ByteString): void => host.error(line);
  await readLogInto(
    path,
    sources.others,
    (payload) => {
      workspace.readEvents(
        payload,
        (event) => {
          if (event.source !== rule.info.source) {
            others++;
            return;
          }
          const lacking = sources.lacking(event);
          if (lacking !== undefined) host.error(lacking);
          const explanation = workspace.explain(rule, event);
          allMatch &&= explanation.verdict;
          if (values.json === true)
            out.push(jsonLine({ rule: rule.info.name, explanation: explanationData(explanation) }));
          else out.push(explanationText(explanation), '');
        },
        report,
      );
      return true;
    },
    report,
  );
  if (out.length === 0) throw new Failure(toBytes(`${path} holds no event of ${rule.info.source}`));
  if (others > 0) host.error(`${others} events of other sources were passed over`);
  await host.stdout.write(`${out.join('\n')}${values.json === true ? '\n' : ''}`);
  return allMatch ? 0 : 1;
}

function readNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^#?[1-9]\d*$/.test(text)) throw new Failure(toBytes(`--num ${text} is no number of an event`));
  return Number(text.replace('#', ''));
}

function hint({ rules, correlations }: Workspace, name: string): string {
  const near = suggest(
    toBytes(name),
    [...rules, ...correlations].map(({ info }) => info.name),
  );
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

// Byte strings inside become text, so that the line is UTF-8.
function jsonLine(value: unknown): string {
  return toBytes(
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'string' ? fromBytes(item) : item)),
  );
}
