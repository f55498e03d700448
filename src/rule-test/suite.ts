// Suite: a file of unit tests for rules, read from YAML and checked. What comes out is plain data: every test
// with its complete event as JSON text.

import { applyOverrides, type Overrides } from './overrides.js';
import { readSequence } from './sequence.js';
import { type Item, openSuiteFile, SuiteError, type SuiteFile } from './suite-file.js';

export { SuiteError } from './suite-file.js';

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
  /** Where it stands in the suite, from 1. */
  readonly line: number;
  /** The event as JSON text; of a sequence the first one. */
  readonly event: string;
  /** The event source that it is of; undefined: as its content tells. */
  readonly source: string | undefined;
  /** Events one after the other, for correlations; undefined: the test is about one event. */
  readonly sequence: readonly string[] | undefined;
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
  /** Files that events were read from, as written. */
  readonly eventFiles: readonly string[];
  readonly tests: readonly RuleTest[];
}

type ReadEvent = (path: string) => string;

/**
 * Reads a suite.
 * @param readEvent gives the text of an event file named by a test, relative to the suite
 * @throws SuiteError
 */
export function readSuite(file: string, text: string, readEvent: ReadEvent): Suite {
  const suite = openSuiteFile(file, text);
  const { root } = suite;
  if (typeof root.value !== 'object' || root.value === null || Array.isArray(root.value))
    suite.fail(root, 'a suite must be a mapping with `rules` and `tests`');
  suite.known(root, ['rules', 'enable', 'source', 'events', 'tests']);
  const bases = suite.at(root, 'events', {});
  suite.mapping(bases);
  const eventFiles = new Set<string>();
  const read: ReadEvent = (path) => {
    eventFiles.add(path);
    return readEvent(path);
  };
  const source = sourceOf(suite, root);
  const tests = suite
    .items(suite.at(root, 'tests'))
    .map((item) => readTest(suite, item, bases, read))
    .map((test) => ({ ...test, source: test.source ?? source }));
  const names = new Map<string, number>();
  for (const { name, line } of tests) {
    const before = names.get(name);
    if (before !== undefined)
      throw new SuiteError(`${file}:${line}: two tests are called "${name}"; the other is in line ${before}`);
    names.set(name, line);
  }
  return {
    file,
    rules: suite.texts(suite.at(root, 'rules', [])),
    enable: suite.texts(suite.at(root, 'enable', [])),
    eventFiles: [...eventFiles],
    tests,
  };
}

const SUBJECTS = ['event', 'file', 'text'] as const;
const TEST_KEYS = [
  'test',
  'source',
  'event',
  'file',
  'text',
  'with',
  'sequence',
  'expect',
  'includes',
  'excludes',
];

function readTest(suite: SuiteFile, unnamed: Item, bases: Item, readEvent: ReadEvent): RuleTest {
  const place = `tests[${unnamed.path.at(-1)}]`;
  const {
    test: name,
    sequence: given,
    expect,
    includes,
    excludes,
  } = suite.mapping({ ...unnamed, where: place });
  if (typeof name !== 'string' || name === '')
    return suite.fail({ ...unnamed, where: place }, '`test` must be its name');
  const item = { ...unnamed, where: `test "${name}"` };
  suite.known(item, TEST_KEYS);
  if (expect === undefined && includes === undefined && excludes === undefined)
    suite.fail(item, 'needs `expect`, `includes` or `excludes`');
  const sequence =
    given === undefined
      ? undefined
      : readSequence(suite, suite.at(item, 'sequence'), (step) => eventText(suite, step, bases, readEvent));
  if (
    sequence !== undefined &&
    [...SUBJECTS, 'with' as const].some((key) => suite.mapping(item)[key] !== undefined)
  )
    suite.fail(item, 'has a `sequence`, which holds its events');
  return {
    name,
    line: suite.line(item.path),
    event: sequence?.[0] ?? eventText(suite, item, bases, readEvent),
    source: sourceOf(suite, item),
    sequence,
    expect: expect === undefined ? undefined : expectations(suite, suite.at(item, 'expect')),
    includes: expectations(suite, suite.at(item, 'includes', [])),
    excludes: suite.texts(suite.at(item, 'excludes', [])),
  };
}

function sourceOf(suite: SuiteFile, item: Item): string | undefined {
  const { source } = suite.mapping(item);
  if (source === undefined || typeof source === 'string') return source;
  return suite.fail(suite.at(item, 'source'), 'must be the name of an event source');
}

function eventText(suite: SuiteFile, item: Item, bases: Item, readEvent: ReadEvent): string {
  const { text, with: changes } = suite.mapping(item);
  if (text !== undefined) {
    if (typeof text !== 'string') return suite.fail(suite.at(item, 'text'), 'must be a text');
    if (changes !== undefined)
      suite.fail(suite.at(item, 'with'), '`text` is taken as it is; give an `event` to change');
  }
  const base = baseEvent(suite, item, bases, readEvent);
  if (typeof base === 'string') return base;
  const overrides = suite.at(item, 'with', {});
  try {
    return JSON.stringify(applyOverrides(base, suite.mapping(overrides) as Overrides));
  } catch (error) {
    if (error instanceof SuiteError) throw error;
    return suite.fail(overrides, error instanceof Error ? error.message : String(error));
  }
}

/** An event as data, or the text of `text`. */
function baseEvent(suite: SuiteFile, item: Item, bases: Item, readEvent: ReadEvent): unknown {
  const given = suite.mapping(item);
  if (SUBJECTS.filter((key) => given[key] !== undefined).length !== 1)
    return suite.fail(item, 'needs either `event` or `file` or `text`');
  const { event, file, text } = given;
  if (text !== undefined) return text;
  if (file !== undefined) {
    if (typeof file !== 'string') return suite.fail(suite.at(item, 'file'), 'must be the name of a file');
    return eventFile(suite, suite.at(item, 'file'), file, readEvent);
  }
  if (typeof event !== 'string') return suite.mapping(suite.at(item, 'event'));
  const named = suite.mapping(bases);
  if (Object.hasOwn(named, event)) return suite.mapping(suite.at(bases, event));
  const known = Object.keys(named).join(', ') || 'none';
  return suite.fail(
    { ...item, path: [...item.path, 'event'] },
    `no event "${event}" under \`events\`; there are: ${known}`,
  );
}

function eventFile(suite: SuiteFile, item: Item, path: string, readEvent: ReadEvent): unknown {
  const text = readEvent(path);
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return suite.fail(item, `${path} holds no single JSON event`);
  }
  return typeof event === 'object' && event !== null
    ? event
    : suite.fail(item, `${path} holds no JSON object`);
}

function expectations(suite: SuiteFile, item: Item): Expectation[] {
  const { value } = item;
  if (value === 'none') return [];
  const list = typeof value === 'string' ? [item] : suite.items(item);
  return list.map((each) => expectation(suite, each));
}

function expectation(suite: SuiteFile, item: Item): Expectation {
  if (typeof item.value === 'string') return { rule: item.value, output: undefined, outputContains: [] };
  const { rule, output, contains } = suite.mapping(item);
  suite.known(item, ['rule', 'output', 'contains']);
  if (typeof rule !== 'string') return suite.fail(item, "`rule` must be a rule's name");
  if (output !== undefined && typeof output !== 'string') return suite.fail(item, '`output` must be text');
  const parts = typeof contains === 'string' ? [contains] : suite.texts(suite.at(item, 'contains', []));
  return { rule, output, outputContains: parts };
}
