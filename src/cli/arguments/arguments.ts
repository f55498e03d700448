// Arguments → values of options, by the rules of cxxopts, which Falco uses (spec: cli-and-config.md §1.1).
// Own parser: the common libraries know abbreviations, `-o=value`, negated flags or other error texts, and none takes
// the next argument whatever it is; scripts that call falco rely on all of that.

/** How an option takes its value: none (`flag`), the last one given, or all of them. `optional` takes it with `=` only. */
export type Kind = 'flag' | 'text' | 'number' | 'list' | 'optional';

export interface Definition {
  /** One letter and/or a long name. */
  readonly names: readonly string[];
  readonly kind: Kind;
}

/** The values given, by an option's first name, in order. */
export type Given = Map<string, string[]>;

/** A fault in the arguments. */
export class UsageError extends Error {
  readonly option: string | undefined;
  constructor(message: string, option?: string) {
    super(message);
    this.option = option;
  }
}

const LONG = /^--([0-9A-Za-z][-_0-9A-Za-z.]+)(?:=([\s\S]*))?$/;
const GROUP = /^-([0-9A-Za-z][\s\S]*)$/;
const TRUE = /^(?:[tT](?:rue)?|1)$/;
const FALSE = /^(?:(?:[fF](?:alse)?|0)?)$/;
const INTEGER = /^(-?)(0x(?=[0-9a-zA-Z]))?([0-9a-zA-Z]+)$/;
const INT_MAX = 2_147_483_647;

/** Reads arguments. @throws UsageError */
export function collect(argv: readonly string[], definitions: readonly Definition[]): Given {
  const find = (name: string): Definition => findOption(name, definitions);
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
    if (group !== null) at += readGroup(given, find, group[1]!, argv, at);
    else if (argument.length > 1 && argument.startsWith('-')) {
      throw new UsageError(`Argument ‘${argument}’ starts with a - but has incorrect syntax`);
    }
  }
  return given;
}

/** `-Lvc file`, `-M3`: letters up to the first that wants a value; the rest of the argument is that value. */
function readGroup(
  given: Given,
  find: (name: string) => Definition,
  letters: string,
  argv: readonly string[],
  at: number,
): number {
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

function findOption(name: string, definitions: readonly Definition[]): Definition {
  const definition = definitions.find((each) => each.names.includes(name));
  if (definition === undefined) throw new UsageError(`Option ‘${name}’ does not exist`, name);
  return definition;
}

/** Whether the text of a flag says yes. */
export function isTrue(text: string): boolean {
  return TRUE.test(text);
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

/** A C++ int: decimal or hexadecimal. @throws UsageError */
export function readInteger(value: string): number {
  const match = INTEGER.exec(value);
  const hex = match?.[2] !== undefined;
  if (match === null || !(hex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(match[3]!)) throw unreadable(value);
  const size = Number.parseInt(match[3]!, hex ? 16 : 10);
  const negative = match[1] === '-';
  if (size > INT_MAX + (negative ? 1 : 0)) throw unreadable(value);
  return negative ? -size : size;
}
