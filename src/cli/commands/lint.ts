// tsfalco lint: advice on rules files, for people, scripts and code hosts.

import { lintFiles } from '../../authoring/lint.js';
import { type ByteString, toBytes } from '../../bytes.js';
import { kindOfFile, whatToDo } from '../../config/check/kind-of-file.js';
import type { Level } from '../../engine/rules/lint/finding.js';
import { LINT_FORMATS, type LintFormat, renderFindings } from '../../engine/rules/lint/render.js';
import { MAX_YAML_BYTES } from '../../yaml.js';
import { answering, readArguments, readFileBytes } from '../arguments/usage.js';
import { Failure, type Host } from '../host.js';
import { lintConfiguration } from './lint-configuration.js';

const USAGE = `Usage: tsfalco lint [--format text|json|sarif]
                    [--fail-on error|warning|note|never] [--fixed-fields] FILE…

Loads the rules files together, in order, and says what is wrong with them or
looks like a mistake. A falco.yaml among them is checked as the configuration
that it is.
--fail-on       exit status 1 if there is a finding of this level or above
                (default: warning)
--fixed-fields  fields as with tsfalco: {field_semantics: fixed}

Exit status: 0 if there is nothing of that level, 1 if there is, 2 if a file or
an option cannot be read.
`;

const LEVELS = ['error', 'warning', 'note', 'never'] as const;
type Threshold = (typeof LEVELS)[number];

/** @returns 0 if there is nothing of the level asked for, else 1. @throws Failure with exit code 2 */
export const lint = (argv: readonly string[], host: Host): Promise<number> =>
  answering(() => run(argv, host));

async function run(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: {
      format: { type: 'string' },
      'fail-on': { type: 'string' },
      'fixed-fields': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  if (positionals.length === 0)
    throw new Failure('lint needs at least one rules file; see tsfalco lint --help');
  const format: LintFormat = oneOf(LINT_FORMATS, values.format ?? 'text', 'format');
  const threshold: Threshold = oneOf(LEVELS, values['fail-on'] ?? 'warning', 'level');
  const files = positionals.map((path) => ({
    name: toBytes(path),
    content: readFileBytes(host, path, MAX_YAML_BYTES + 1),
  }));
  const configurations = files.filter(({ content }) => kindOfFile(content)?.kind === 'configuration');
  const rules = files.filter((file) => !configurations.includes(file));
  const linted = await Promise.all(configurations.map((file) => lintConfiguration(file, host)));
  const ofRules =
    rules.length === 0 ? [] : lintFiles(rules, values['fixed-fields'] === true ? 'fixed' : 'falco');
  const findings = [...linted.flatMap((each) => each.findings), ...ofRules];
  const shown = [...files, ...linted.flatMap((each) => each.files)];
  const contents = new Map(shown.map(({ name, content }) => [name, content]));
  for (const { name, content } of rules) reportOtherKind(name, content, host);
  await host.stdout.write(renderFindings(findings, contents, format));
  return findings.some(({ level }) => reaches(level, threshold)) ? 1 : 0;
}

/** A file that is no rules file gives an error; what it is, and what to do with it, is for people. */
function reportOtherKind(name: ByteString, content: ByteString, host: Host): void {
  const kind = kindOfFile(content);
  if (kind !== undefined) host.error(whatToDo(name, kind));
}

function oneOf<T extends string>(known: readonly T[], text: string, what: string): T {
  const found = known.find((one) => one === text);
  if (found === undefined)
    throw new Failure(toBytes(`Invalid ${what} '${text}'. Valid values are: ${known.join(', ')}`));
  return found;
}

const reaches = (level: Level, threshold: Threshold): boolean =>
  LEVELS.indexOf(level) <= LEVELS.indexOf(threshold) && threshold !== 'never';
