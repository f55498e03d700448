// Every recorded run of the falco command in which nothing happens from outside gives Falco's exit code, standard output
// and files. The others (signals, requests, syslog) need processes of their own and are covered by test/cli,
// test/reload, test/sources, test/outputs and test/webserver.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CliCase, isPlain, matches, runCase } from './cli-case.js';

const cases = readFileSync(new URL('cli.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CliCase);
const plain = cases.filter(isPlain);

/** Differences on purpose (docs/compatibility.md). */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ['cli-help', 'help in words of our own'],
  ['cli-help-short', 'help in words of our own'],
  ['events-array-bad-last', 'good elements of an array survive a bad one'],
  ['events-gz', 'gzip files are unpacked'],
  ['events-two-on-line', 'events that follow each other on a line are read'],
  ['events-pretty', 'events over several lines are read'],
  ['events-bom', 'what stands before an event in its line is passed over'],
  ['events-too-deep', 'events nested deeper than 300 levels are read'],
  ['validate-yaml-error', 'texts of YAML errors are js-yaml’s'],
  ['validate-yaml-error-json', 'texts of YAML errors are js-yaml’s'],
  ['validate-several-errors', 'schema: a list is no text, as in releases; recorded with a later validator'],
]);

async function differences(recorded: CliCase): Promise<readonly unknown[]> {
  const got = await runCase(recorded);
  const { exit, stdout, out_files: files, stderr } = recorded.expect;
  const found: unknown[] = [];
  if (got.exit !== exit) found.push({ exit: got.exit, wanted: exit, stderr: got.stderr });
  if (stdout !== null && !matches(stdout, got.stdout ?? ''))
    found.push({ stdout: got.stdout, wanted: stdout });
  const names = [...new Set([...Object.keys(files), ...Object.keys(got.out_files)])];
  for (const name of names)
    if (!matches(files[name] ?? 'no file', got.out_files[name] ?? 'no file'))
      found.push({ file: name, text: got.out_files[name], wanted: files[name] });
  // What people read may say more, but not nothing.
  if (stderr.length > 0 && got.stderr.length === 0) found.push({ stderr: [], wanted: stderr });
  return found;
}

it('are many', () => {
  expect(cases.length).toBeGreaterThan(600);
  expect(plain.length).toBeGreaterThan(500);
});

const areas = [...new Set(plain.map(({ area }) => area))];

describe.each(areas)('%s', (area) => {
  const inArea = plain.filter((each) => each.area === area);
  it.each(inArea.map((each) => [each.id, each] as const))('%s', async (id, recorded) => {
    const found = await differences(recorded);
    if (DIFFERENT.has(id)) expect(found).not.toEqual([]);
    else expect(found).toEqual([]);
  });
});
