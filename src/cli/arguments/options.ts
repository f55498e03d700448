// Arguments → Options, typed (spec: cli-and-config.md §1.1, §1.2). Answers to falco's options.cpp.

import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { collect, type Definition, type Given, isTrue, readInteger, UsageError } from './arguments.js';

export type OutputFormat = 'text' | 'markdown' | 'json';

/** What the command line says. Texts are byte strings. */
export interface Options {
  readonly help: boolean;
  /** `-c`, else the default file; undefined where that does not exist. */
  readonly configFile: ByteString | undefined;
  readonly configSchema: boolean;
  readonly ruleSchema: boolean;
  readonly disableSources: readonly ByteString[];
  readonly enableSources: readonly ByteString[];
  readonly dryRun: boolean;
  /** `-i` */
  readonly ignoredEvents: boolean;
  /** `-L` */
  readonly describeAll: boolean;
  /** `-l`; empty: none. */
  readonly describeRule: ByteString;
  readonly list: boolean;
  /** Source of `--list=source`; empty: all. */
  readonly listSource: ByteString;
  readonly listEvents: boolean;
  readonly listPlugins: boolean;
  /** `-M`, seconds; 0 or less: no limit. */
  readonly duration: number;
  readonly markdown: boolean;
  readonly format: OutputFormat;
  /** `-N` */
  readonly namesOnly: boolean;
  /** `--no-prefilter`: every rule is evaluated for every event. */
  readonly noPrefilter: boolean;
  /** `-o` */
  readonly overrides: readonly ByteString[];
  /** `--plugin-info`; empty: none. */
  readonly pluginInfo: ByteString;
  /** `-p`; empty: none. */
  readonly print: ByteString;
  readonly pidFile: ByteString;
  /** `--from`, `--to`: times of a back-fill as written; empty: none. */
  readonly from: ByteString;
  readonly to: ByteString;
  /** `-r` */
  readonly rules: readonly ByteString[];
  /** `--stop-timeout`: how long a stop may read what is not settled, seconds. */
  readonly stopTimeout: number;
  /** `--strict-config`: what a configuration says in vain is an error. */
  readonly strictConfig: boolean;
  readonly support: boolean;
  /** `--threads`: threads that evaluate a backlog; 0: as many as there are cores but one. */
  readonly threads: number;
  readonly unbuffered: boolean;
  /** `-V` */
  readonly validate: readonly ByteString[];
  readonly verbose: boolean;
  readonly version: boolean;
  readonly pageSize: boolean;
}

/** Options, or the text behind `Error: ` (and perhaps a line of advice). */
export type ParsedOptions =
  | { readonly ok: true; readonly options: Options; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly error: string; readonly hint?: string };

const DEFINITIONS: readonly Definition[] = [
  { names: ['h', 'help'], kind: 'flag' },
  { names: ['c'], kind: 'text' },
  { names: ['config-schema'], kind: 'flag' },
  { names: ['rule-schema'], kind: 'flag' },
  { names: ['disable-source'], kind: 'list' },
  { names: ['dry-run'], kind: 'flag' },
  { names: ['enable-source'], kind: 'list' },
  { names: ['i'], kind: 'flag' },
  { names: ['L'], kind: 'flag' },
  { names: ['l'], kind: 'text' },
  { names: ['list'], kind: 'optional' },
  { names: ['list-events'], kind: 'flag' },
  { names: ['list-plugins'], kind: 'flag' },
  { names: ['M'], kind: 'number' },
  { names: ['markdown'], kind: 'flag' },
  { names: ['format'], kind: 'text' },
  { names: ['N'], kind: 'flag' },
  { names: ['o', 'option'], kind: 'list' },
  { names: ['plugin-info'], kind: 'text' },
  { names: ['p', 'print'], kind: 'text' },
  { names: ['P', 'pidfile'], kind: 'text' },
  { names: ['r'], kind: 'list' },
  { names: ['support'], kind: 'flag' },
  { names: ['U', 'unbuffered'], kind: 'flag' },
  { names: ['V', 'validate'], kind: 'list' },
  { names: ['v'], kind: 'flag' },
  { names: ['version'], kind: 'flag' },
  { names: ['page-size'], kind: 'flag' },
  { names: ['from'], kind: 'text' },
  { names: ['no-prefilter'], kind: 'flag' },
  { names: ['stop-timeout'], kind: 'number' },
  { names: ['strict-config'], kind: 'flag' },
  { names: ['threads'], kind: 'number' },
  { names: ['to'], kind: 'text' },
];

const STOP_TIMEOUT = 3;

/** What replaced options that Falco no longer has. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  A: 'use -o base_syscalls.all=true',
  b: 'use -o buffer_format_base64=true',
  D: 'use -o rules[].disable.rule=…',
  e: 'use -o engine.kind=replay -o engine.replay.capture_file=…',
  S: 'use -o falco_libs.snaplen=N',
  t: 'use -o rules[].enable.tag=…',
  T: 'use -o rules[].disable.tag=…',
};

/** The configuration that is read without `-c`, if it exists. */
export const DEFAULT_CONFIG = '/etc/falco/falco.yaml';

/**
 * Reads the arguments behind the command's name.
 * @param canOpen whether a file can be opened for reading; asked about the file of `-c`, and about the default one.
 */
export function parseOptions(argv: readonly string[], canOpen: (path: ByteString) => boolean): ParsedOptions {
  try {
    return readOptions(collect(argv, DEFINITIONS), canOpen);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const hint = error.option === undefined ? undefined : REPLACEMENTS[error.option];
    return hint === undefined
      ? { ok: false, error: error.message }
      : { ok: false, error: error.message, hint };
  }
}

function readOptions(given: Given, canOpen: (path: ByteString) => boolean): ParsedOptions {
  const flag = (name: string): boolean => isTrue(given.get(name)?.at(-1) ?? '');
  const text = (name: string): ByteString => toBytes(given.get(name)?.at(-1) ?? '');
  const list = (name: string): readonly ByteString[] => (given.get(name) ?? []).map(toBytes);
  const configFile = findConfig(text('c'), canOpen);
  const warnings: string[] = [];
  const format = readFormat(given, flag('markdown'), warnings);
  const duration = given.get('M')?.at(-1);
  const threads = given.get('threads')?.at(-1);
  const stopTimeout = given.get('stop-timeout')?.at(-1);
  return {
    ok: true,
    warnings,
    options: {
      help: flag('h'),
      configFile,
      configSchema: flag('config-schema'),
      ruleSchema: flag('rule-schema'),
      disableSources: list('disable-source'),
      enableSources: list('enable-source'),
      dryRun: flag('dry-run'),
      ignoredEvents: flag('i'),
      describeAll: flag('L'),
      describeRule: text('l'),
      list: given.has('list'),
      listSource: text('list'),
      listEvents: flag('list-events'),
      listPlugins: flag('list-plugins'),
      duration: duration === undefined ? 0 : readInteger(duration),
      markdown: flag('markdown'),
      format,
      namesOnly: flag('N'),
      noPrefilter: flag('no-prefilter'),
      overrides: list('o'),
      pluginInfo: text('plugin-info'),
      print: text('p'),
      pidFile: text('P'),
      from: text('from'),
      to: text('to'),
      rules: list('r'),
      stopTimeout: stopTimeout === undefined ? STOP_TIMEOUT : Math.max(0, readInteger(stopTimeout)),
      strictConfig: flag('strict-config'),
      support: flag('support'),
      threads: threads === undefined ? 0 : readInteger(threads),
      unbuffered: flag('U'),
      validate: list('V'),
      verbose: flag('v'),
      version: flag('version'),
      pageSize: flag('page-size'),
    },
  };
}

function findConfig(path: ByteString, canOpen: (path: ByteString) => boolean): ByteString | undefined {
  if (path === '') return canOpen(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined;
  if (!canOpen(path)) throw new UsageError(`Could not find configuration file at ${fromBytes(path)}`);
  return path;
}

function readFormat(given: Given, markdown: boolean, warnings: string[]): OutputFormat {
  if (given.has('markdown') && given.has('format')) {
    throw new UsageError('Cannot specify both --markdown and --format options together');
  }
  const format = given.get('format')?.at(-1) ?? '';
  if (format !== '') {
    const lower = format.toLowerCase();
    if (lower === 'text' || lower === 'markdown' || lower === 'json') return lower;
    throw new UsageError(`Invalid format '${format}'. Valid values are: text, markdown, json`);
  }
  if (!markdown) return 'text';
  warnings.push('WARNING: --markdown is deprecated, use --format markdown instead.');
  return 'markdown';
}
