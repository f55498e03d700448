// In: suites and folders of suites, as tsfalco test is given them. Out: the suites, or those of them that changes touch.

import { execFileSync } from 'node:child_process';
import { posix, resolve } from 'node:path';
import { pathBeside } from '../../authoring/path-beside.js';
import { fromBytes } from '../../bytes.js';
import { SuiteError } from '../../rule-test/suite.js';
import { openSuiteFile } from '../../rule-test/suite-file.js';
import { MAX_YAML_BYTES } from '../../yaml.js';
import { misuse, readFileBytes } from '../arguments/usage.js';
import type { Host } from '../host.js';
import { filesBelow } from './rules-paths.js';

interface Wanted {
  readonly changed?: boolean | undefined;
  readonly since?: string | undefined;
  readonly r?: readonly string[] | undefined;
}

/** @throws Failure where a folder holds no suite, or where git has no answer */
export function findSuites(
  paths: readonly string[],
  { changed, since, r: rules }: Wanted,
  host: Host,
): readonly string[] {
  const suites = paths.flatMap((path) => {
    const below = filesBelow(path, host);
    if (below === undefined) return [path];
    const found = below.filter((file) => isSuite(file, host));
    if (found.length === 0) throw misuse(`${path} holds no suite: no YAML file in it has \`tests:\``);
    return found;
  });
  if (changed !== true && since === undefined) return [...new Set(suites)];
  const touched = changedFiles(since ?? 'HEAD');
  return [...new Set(suites)].filter((suite) =>
    [suite, ...(rules ?? []), ...neededBy(suite, host)].some((file) => touched.has(resolve(file))),
  );
}

function isSuite(path: string, host: Host): boolean {
  return /^tests:/m.test(readFileBytes(host, path, MAX_YAML_BYTES + 1));
}

/** Files that a suite names; of one that cannot be read none. */
function neededBy(suite: string, host: Host): readonly string[] {
  try {
    const { root, at } = openSuiteFile(suite, fromBytes(readFileBytes(host, suite)));
    const texts = (value: unknown): readonly string[] =>
      Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
    const tests = at(root, 'tests', []).value;
    const events = (Array.isArray(tests) ? tests : []).map((test: unknown) =>
      typeof test === 'object' && test !== null && 'file' in test ? test.file : undefined,
    );
    const named = [...texts(at(root, 'rules', []).value), ...texts(events)];
    return named.map((file) => pathBeside(suite, file));
  } catch (error) {
    if (error instanceof SuiteError) return [];
    throw error;
  }
}

/** Files that differ from a commit, and new ones; absolute. @throws Failure */
function changedFiles(commit: string): ReadonlySet<string> {
  const git = (...argv: readonly string[]): readonly string[] => {
    try {
      return execFileSync('git', argv, { encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 28 })
        .split('\0')
        .filter(Boolean);
    } catch (error) {
      const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      throw misuse(`git does not say what has changed: ${text.split('\n')[0] ?? ''}`);
    }
  };
  const [top = '.'] = git('rev-parse', '--show-toplevel').map((line) => line.trim());
  const names = [
    ...git('diff', '--name-only', '-z', '--end-of-options', commit, '--'),
    ...git('ls-files', '--others', '--exclude-standard', '--full-name', '-z'),
  ];
  return new Set(names.map((name) => posix.join(top, name)));
}
