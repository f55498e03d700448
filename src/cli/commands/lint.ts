// tsfalco lint: advice on rules files, for people, scripts and code hosts; on request it also mends what is safe to mend.

import { resolve } from 'node:path';
import { fixFiles } from '../../authoring/fix.js';
import { type LintContext, type LintedFile, lintable, lintInOrder } from '../../authoring/lint.js';
import {
  type LintSettings,
  readLintSettings,
  SETTINGS_FILE,
  SettingsError,
  withSettings,
} from '../../authoring/lint-settings.js';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { kindOfFile, whatToDo } from '../../config/check/kind-of-file.js';
import type { Finding, Level } from '../../engine/rules/lint/finding.js';
import { fixesOf } from '../../engine/rules/lint/fixes.js';
import { LINT_FORMATS, type LintFormat, renderFindings } from '../../engine/rules/lint/render.js';
import type { RulesFile } from '../../engine/rules/loader.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { answering, readArguments, writeFileBytes } from '../arguments/usage.js';
import { TSFALCO_VERSION } from '../arguments/versions.js';
import { Failure, type Host } from '../host.js';
import { readRulesPaths } from '../load/rules-paths.js';
import { loadToolPlugins } from '../load/tool-plugins.js';
import { lintConfiguration } from './lint-configuration.js';

const USAGE = `Usage: tsfalco lint [--format text|json|sarif|markdown]
                    [--fail-on error|warning|note|never] [--quiet] [--fix]
                    [--in-order] [--fixed-fields] [--plugin PLUGIN…] [-c CONFIG]
                    FILE|FOLDER|PATTERN…

Loads the rules files together and says what is wrong with them or looks like a
mistake. Rules inside of Helm values and ConfigMaps are read where they stand. A
falco.yaml among the files is checked as the configuration that it is.
--fail-on       exit status 1 if there is a finding of this level or above
                (default: warning)
--quiet         errors and warnings, no notes
--fix           mend in the files what is safe to mend: deprecated keys,
                misspelt keys and priorities, AND for and, a missing source
--in-order      load files in the order given; otherwise each comes behind those
                whose macros, lists and rules it needs
--fixed-fields  fields as with tsfalco: {field_semantics: fixed}
--plugin        a plugin of your own, a module or a package, whose event source
                the rules are for; may be repeated
-c CONFIG       the plugins of this falco.yaml, and no others

Checks are switched off by a comment, with a reason, or in ${SETTINGS_FILE}:
  # tsfalco-disable-next-line never-true: switched on by the overlay
  # tsfalco-disable-file LOAD_UNUSED_MACRO: a base for others

Exit status: 0 if there is nothing of that level, 1 if there is, 2 if a file or
an option cannot be read.
`;

const LEVELS = ['error', 'warning', 'note', 'never'] as const;
type Threshold = (typeof LEVELS)[number];

interface LintRun extends LintContext {
  readonly paths: readonly string[];
  readonly format: LintFormat;
  readonly threshold: Threshold;
  readonly quiet: boolean;
  readonly fix: boolean;
  readonly inOrder: boolean;
}

/** @returns 0 if there is nothing of the level asked for, else 1. @throws Failure with exit code 2 */
export const lint = (argv: readonly string[], host: Host): Promise<number> =>
  answering(() => run(argv, host));

async function run(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.lint,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  if (positionals.length === 0)
    throw new Failure('lint needs at least one rules file; see tsfalco lint --help');
  const { sources, semantics, complete, config } = await loadToolPlugins(
    host,
    values,
    values['fixed-fields'] === true ? 'fixed' : undefined,
  );
  return lintPaths(
    {
      sources,
      semantics,
      complete,
      partitionKey: config?.tsfalco.correlation.partitionKey ?? [],
      paths: positionals,
      format: oneOf(LINT_FORMATS, values.format ?? 'text', 'format'),
      threshold: oneOf(LEVELS, values['fail-on'] ?? 'warning', 'level'),
      quiet: values.quiet === true,
      fix: values.fix === true,
      inOrder: values['in-order'] === true,
    },
    host,
  );
}

async function lintPaths(options: LintRun, host: Host): Promise<number> {
  const settings = readSettings(host);
  const { files, leftOut } = readRulesPaths(options.paths, host);
  if (leftOut.length > 0) host.error(`${leftOut.length} YAML files without rules were left out`);
  const configurations = files.filter(({ content }) => kindOfFile(content)?.kind === 'configuration');
  const given = files.filter((file) => !configurations.includes(file));
  const rules = options.fix ? mend(given, options, settings, host) : given.map(lintable);
  for (const file of rules) reportOtherKind(file, host);
  const linted = await Promise.all(configurations.map((file) => lintConfiguration(file, host)));
  const partitionKey = [...(options.partitionKey ?? []), ...linted.flatMap((each) => each.partitionKey)];
  const found = lintInOrder(rules, { ...options, partitionKey });
  const all = [...linted.flatMap((each) => each.findings), ...found];
  const findings = withSettings(all, settings).filter(({ level }) => !options.quiet || level !== 'note');
  const shown = [...rules.map(({ original }) => original), ...linted.flatMap((each) => each.files)];
  await show(findings, shown, options, host);
  return findings.some(({ level }) => reaches(level, options.threshold)) ? 1 : 0;
}

async function show(
  findings: readonly Finding[],
  files: readonly RulesFile[],
  { format }: LintRun,
  host: Host,
): Promise<void> {
  const contents = new Map(files.map(({ name, content }) => [name, content]));
  const styled = format === 'text' && host.stdout.terminal && (host.env['NO_COLOR'] ?? '') === '';
  const fixable = files.flatMap(({ name, content }) =>
    fixesOf(
      findings.filter(({ place }) => place.file === name),
      content,
    ).filter(({ safe }) => safe),
  );
  const text = renderFindings(findings, contents, format, {
    version: TSFALCO_VERSION,
    root: toBytes(resolve('.')),
    styled,
    fixable: fixable.length,
  });
  await host.stdout.write(text, styled);
}

/** Mends the files on the disk, and says how often. */
function mend(
  files: readonly RulesFile[],
  context: LintRun,
  settings: LintSettings,
  host: Host,
): readonly LintedFile[] {
  const { files: mended, counts } = fixFiles(files, context, (findings) => withSettings(findings, settings));
  for (const { name, content } of mended) {
    const count = counts.get(name) ?? 0;
    if (count === 0) continue;
    if (name === '-') throw new Failure('standard input cannot be mended');
    writeFileBytes(name, content);
    host.error(`${name}: mended in ${count} ${count === 1 ? 'place' : 'places'}`);
  }
  return mended.map(lintable);
}

function readSettings(host: Host): LintSettings {
  if (host.files.kind(SETTINGS_FILE) !== 'file') return { parts: [] };
  try {
    return readLintSettings(host.files.read(SETTINGS_FILE));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new Failure(toBytes(`${SETTINGS_FILE}: ${error.message}`));
  }
}

/** A file that is no rules file gives an error; what it is, and what to do with it, is for people. */
function reportOtherKind({ original, embedded, left }: LintedFile, host: Host): void {
  const kind = embedded ? undefined : kindOfFile(original.content);
  if (kind !== undefined) host.error(whatToDo(original.name, kind));
  for (const key of left)
    host.error(
      `${original.name}: the rules in ${fromBytesSafe(key)} are no literal block (|), so they are not read`,
    );
}

const fromBytesSafe = (key: ByteString): ByteString => toBytes(JSON.stringify(fromBytes(key)));

function oneOf<T extends string>(known: readonly T[], text: string, what: string): T {
  const found = known.find((one) => one === text);
  if (found === undefined)
    throw new Failure(toBytes(`Invalid ${what} '${text}'. Valid values are: ${known.join(', ')}`));
  return found;
}

const reaches = (level: Level, threshold: Threshold): boolean =>
  LEVELS.indexOf(level) <= LEVELS.indexOf(threshold) && threshold !== 'never';
