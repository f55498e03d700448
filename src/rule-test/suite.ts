// Suite: a file of unit tests for rules, read from YAML and checked. What comes out is plain data: every test
// with its complete event as JSON text. The only file that knows js-yaml; these files are ours, not Falco's.

import { load, YAMLException } from 'js-yaml';
import { applyOverrides, type Overrides } from './overrides.js';

/** What a test wants of one rule. */
export interface Expectation {
  readonly rule: string;
  /** The whole message (without time and priority); undefined: any. */
  readonly output: string | undefined;
  /** Parts that the message must hold. */
  readonly outputContains: readonly string[];
}

export interface RuleTest {
  readonly name: string;
  /** The event as JSON text. */
  readonly event: string;
  /** Exactly these rules match, under rule_matching all; undefined if only `includes` and `excludes` count. */
  readonly expect: readonly Expectation[] | undefined;
  readonly includes: readonly Expectation[];
  readonly excludes: readonly string[];
}

export interface Suite {
  readonly file: string;
  /** Rules files as written, relative to the suite's folder; load order. */
  readonly rules: readonly string[];
  /** Rules that are disabled in their files and enabled for these tests. */
  readonly enable: readonly string[];
  readonly tests: readonly RuleTest[];
}

/** A fault in a suite: one line, with the place inside the file. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
}

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Reads a suite.
 * @param readEvent gives the text of an event file named by a test, relative to the suite
 * @throws SuiteError
 */
export function readSuite(file: string, text: string, readEvent: (path: string) => string): Suite {
  const root = mapping(parse(file, text), file, 'a suite');
  knownKeys(root, ['rules', 'enable', 'events', 'tests'], file, 'a suite');
  const bases = mapping(root['events'] ?? {}, file, 'events');
  const tests = sequence(root['tests'], file, 'tests').map((item, index) => {
    const place = `tests[${index}]`;
    return readTest(mapping(item, file, place), bases, file, place, readEvent);
  });
  const names = new Set<string>();
  for (const { name } of tests) {
    if (names.has(name)) throw new SuiteError(`${file}: two tests are called "${name}"`);
    names.add(name);
  }
  return {
    file,
    rules: strings(root['rules'] ?? [], file, 'rules'),
    enable: strings(root['enable'] ?? [], file, 'enable'),
    tests,
  };
}

function parse(file: string, text: string): unknown {
  try {
    return load(text);
  } catch (error) {
    if (error instanceof YAMLException)
      throw new SuiteError(`${file}: ${error.message.replace(/\s+/g, ' ').trim()}`);
    throw error;
  }
}

const TEST_KEYS = ['test', 'event', 'file', 'with', 'expect', 'includes', 'excludes'];

function readTest(
  item: Mapping,
  bases: Mapping,
  file: string,
  place: string,
  readEvent: (path: string) => string,
): RuleTest {
  const { test: name, expect, includes, excludes } = item;
  if (typeof name !== 'string' || name === '')
    throw new SuiteError(`${file}: ${place}: \`test\` must be its name`);
  const where = `test "${name}"`;
  knownKeys(item, TEST_KEYS, file, where);
  if (expect === undefined && includes === undefined && excludes === undefined) {
    throw new SuiteError(`${file}: ${where}: needs \`expect\`, \`includes\` or \`excludes\``);
  }
  const base = baseEvent(item, bases, file, where, readEvent);
  const overrides: Overrides = mapping(item['with'] ?? {}, file, `${where}: with`);
  let event: unknown;
  try {
    event = applyOverrides(base, overrides);
  } catch (error) {
    throw new SuiteError(`${file}: ${where}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {
    name,
    event: JSON.stringify(event),
    expect: expect === undefined ? undefined : expectations(expect, file, `${where}: expect`),
    includes: expectations(includes ?? [], file, `${where}: includes`),
    excludes: strings(excludes ?? [], file, `${where}: excludes`),
  };
}

function baseEvent(
  item: Mapping,
  bases: Mapping,
  file: string,
  where: string,
  readEvent: (path: string) => string,
): unknown {
  const { event, file: path } = item;
  if ((event === undefined) === (path === undefined))
    throw new SuiteError(`${file}: ${where}: needs either \`event\` or \`file\``);
  if (typeof path === 'string') return eventFile(path, file, where, readEvent);
  if (typeof event !== 'string') return mapping(event, file, `${where}: event`);
  const base = bases[event];
  if (base === undefined) {
    throw new SuiteError(
      `${file}: ${where}: no event "${event}" under \`events\`; there are: ${Object.keys(bases).join(', ') || 'none'}`,
    );
  }
  return mapping(base, file, `events.${event}`);
}

function eventFile(path: string, file: string, where: string, readEvent: (path: string) => string): unknown {
  const text = readEvent(path);
  try {
    return JSON.parse(text);
  } catch {
    throw new SuiteError(`${file}: ${where}: ${path} holds no single JSON event`);
  }
}

function expectations(value: unknown, file: string, where: string): Expectation[] {
  if (value === 'none') return [];
  const found: Expectation[] = [];
  for (const item of typeof value === 'string' ? [value] : sequence(value, file, where)) {
    if (typeof item === 'string') {
      found.push({ rule: item, output: undefined, outputContains: [] });
      continue;
    }
    const wanted = mapping(item, file, where);
    knownKeys(wanted, ['rule', 'output', 'contains'], file, where);
    const { rule, output, contains } = wanted;
    if (typeof rule !== 'string') throw new SuiteError(`${file}: ${where}: \`rule\` must be a rule's name`);
    if (output !== undefined && typeof output !== 'string')
      throw new SuiteError(`${file}: ${where}: \`output\` must be text`);
    const parts =
      typeof contains === 'string' ? [contains] : strings(contains ?? [], file, `${where}: contains`);
    found.push({ rule, output, outputContains: parts });
  }
  return found;
}

function knownKeys(value: Mapping, known: readonly string[], file: string, where: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new SuiteError(`${file}: ${where}: unknown key "${unknown}"; known: ${known.join(', ')}`);
}

function mapping(value: unknown, file: string, where: string): Mapping {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping;
  throw new SuiteError(`${file}: ${where} must be a mapping`);
}

function sequence(value: unknown, file: string, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new SuiteError(`${file}: ${where} must be a list`);
}

function strings(value: unknown, file: string, where: string): string[] {
  return sequence(value, file, where).map((item) => {
    if (typeof item === 'string') return item;
    throw new SuiteError(`${file}: ${where} must be a list of texts`);
  });
}
