// Arguments → Options, by the rules of cxxopts, which Falco uses (spec: cli-and-config.md §1.1, §1.2).
// Own parser: the common libraries know abbreviations, `-o=value`, negated flags or other error texts, and none takes
// the next argument whatever it is; scripts that call falco rely on all of that. Answers to falco's options.cpp.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';

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
  readonly support: boolean;
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

/** How an option takes its value: none (`flag`), the last one given, or all of them. `optional` takes it with `=` only. */
type Kind = 'flag' | 'text' | 'number' | 'list' | 'optional';

interface Definition {
  /** One letter and/or a long name. */
  readonly names: readonly string[];
  readonly kind: Kind;
}

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
  { names: ['to'], kind: 'text' },
];

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

const LONG = /^--([0-9A-Za-z][-_0-9A-Za-z.]+)(?:=([\s\S]*))?$/;
const GROUP = /^-([0-9A-Za-z][\s\S]*)$/;
const TRUE = /^(?:[tT](?:rue)?|1)$/;
const FALSE = /^(?:(?:[fF](?:alse)?|0)?)$/;
const INTEGER = /^(-?)(0x(?=[0-9a-zA-Z]))?([0-9a-zA-Z]+)$/;
const INT_MAX = 2_147_483_647;

/** The configuration that is read without `-c`, if it exists. */
export const DEFAULT_CONFIG = '/etc/falco/falco.yaml';

/** The values given, by an option's first name, in order. */
type Given = Map<string, string[]>;

/** A fault in the arguments; thrown inside this file only. */
class UsageError extends Error {
  readonly option: string | undefined;
  constructor(message: string, option?: string) {
    super(message);
    this.option = option;
  }
}

/**
 * Reads the arguments behind the command's name.
 * @param canOpen whether a file can be opened for reading; asked about the file of `-c`, and about the default one.
 */
export function parseOptions(argv: readonly string[], canOpen: (path: ByteString) => boolean): ParsedOptions {
  try {
    return readOptions(collect(argv), canOpen);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const hint = error.option === undefined ? undefined : REPLACEMENTS[error.option];
    return hint === undefined
      ? { ok: false, error: error.message }
      : { ok: false, error: error.message, hint };
  }
}

function collect(argv: readonly string[]): Given {
  const given: Given = new Map();
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at]!;
    if (argument === '--') break;
    const long = LONG.exec(argument);
    if (long !== null) {
      const definition = find(long[1]!);
      if (long[2] !== undefined) store(given, definition, long[2]);
      else at += takeValue(given, definition, long[1]!, argv, at);
      continue;
    }
    const group = GROUP.exec(argument);
    if (group !== null) at += readGroup(given, group[1]!, argv, at);
    else if (argument.length > 1 && argument.startsWith('-')) {
      throw new UsageError(`Argument ‘${argument}’ starts with a - but has incorrect syntax`);
    }
  }
  return given;
}

/** `-Lvc file`, `-M3`: letters up to the first that wants a value; the rest of the argument is that value. */
function readGroup(given: Given, letters: string, argv: readonly string[], at: number): number {
  const chars = [...letters];
  for (let i = 0; i < chars.length; i++) {
    const letter = chars[i]!;
    const definition = find(letter);
    if (i + 1 === chars.length) return takeValue(given, definition, letter, argv, at);
    if (definition.kind === 'flag') store(given, definition, 'true');
    else {
      store(given, definition, chars.slice(i + 1).join(''));
      return 0;
    }
  }
  return 0;
}

/** The value of an option that stands alone: how many further arguments it took. */
function takeValue(
  given: Given,
  definition: Definition,
  name: string,
  argv: readonly string[],
  at: number,
): number {
  if (definition.kind === 'flag' || definition.kind === 'optional') {
    store(given, definition, definition.kind === 'flag' ? 'true' : '');
    return 0;
  }
  const value = argv[at + 1];
  if (value === undefined) throw new UsageError(`Option ‘${name}’ is missing an argument`);
  store(given, definition, value);
  return 1;
}

function find(name: string): Definition {
  const definition = DEFINITIONS.find((each) => each.names.includes(name));
  if (definition === undefined) throw new UsageError(`Option ‘${name}’ does not exist`, name);
  return definition;
}

function store(given: Given, definition: Definition, value: string): void {
  if (definition.kind === 'flag' && !TRUE.test(value) && !FALSE.test(value)) throw unreadable(value);
  if (definition.kind === 'number') readInteger(value);
  const key = definition.names[0]!;
  const values = given.get(key);
  if (values === undefined) given.set(key, [value]);
  else values.push(value);
}

function unreadable(value: string): UsageError {
  return new UsageError(`Argument ‘${value}’ failed to parse`);
}

/** A C++ int: decimal or hexadecimal. */
function readInteger(value: string): number {
  const match = INTEGER.exec(value);
  const hex = match?.[2] !== undefined;
  if (match === null || !(hex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(match[3]!)) throw unreadable(value);
  const size = Number.parseInt(match[3]!, hex ? 16 : 10);
  const negative = match[1] === '-';
  if (size > INT_MAX + (negative ? 1 : 0)) throw unreadable(value);
  return negative ? -size : size;
}

function readOptions(given: Given, canOpen: (path: ByteString) => boolean): ParsedOptions {
  const flag = (name: string): boolean => TRUE.test(given.get(name)?.at(-1) ?? '');
  const text = (name: string): ByteString => toBytes(given.get(name)?.at(-1) ?? '');
  const list = (name: string): readonly ByteString[] => (given.get(name) ?? []).map(toBytes);
  const configFile = findConfig(text('c'), canOpen);
  const warnings: string[] = [];
  const format = readFormat(given, flag('markdown'), warnings);
  const duration = given.get('M')?.at(-1);
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
      overrides: list('o'),
      pluginInfo: text('plugin-info'),
      print: text('p'),
      pidFile: text('P'),
      from: text('from'),
      to: text('to'),
      rules: list('r'),
      support: flag('support'),
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
