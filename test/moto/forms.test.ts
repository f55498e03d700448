// Logs as AWS hands them out, written by moto: files of one of its runs, kept beside this test, and files of a new run.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportEvents } from '../../src/cli/commands/export.js';
import { runInProcess } from '../cli/in-process.js';
import { EVENTS } from '../sources/forms/samples.js';
import { findPython, type Moto, plainEnv, startMoto } from './moto-server.js';

const KEPT = fileURLToPath(new URL('forms', import.meta.url));
const WRITER = fileURLToPath(new URL('write-forms.py', import.meta.url));
const NAMES = [
  'export-task',
  'filter-log-events.json',
  'firehose',
  'get-log-events.json',
  'get-query-results.json',
  'kinesis-get-records.json',
];
const LINES = EVENTS.map((event) => `${JSON.stringify(event)}\n`);

let moto: Moto;
let made: string;

beforeAll(async () => {
  moto = await startMoto();
  made = mkdtempSync(join(tmpdir(), 'tsfalco-moto-forms-'));
  const env = { ...plainEnv(), AWS_ENDPOINT_URL: moto.url };
  const writer = spawn(await findPython(), [WRITER, made], { env, stdio: ['pipe', 'ignore', 'inherit'] });
  writer.stdin.end(LINES.join(''));
  expect(await once(writer, 'exit')).toEqual([0, null]);
  // A fresh machine has to fetch moto first.
}, 600_000);

afterAll(async () => {
  await moto?.stop();
  if (made !== undefined) rmSync(made, { recursive: true });
});

/** The events of a file or folder, sorted: Firehose names its files by chance. */
async function exported(path: string) {
  const { out, err, exit } = runInProcess((host) => exportEvents([path], host), {});
  return {
    code: await exit,
    err: err(),
    lines: out()
      .split(/(?<=\n)/)
      .toSorted(),
  };
}

const ALL = { code: 0, err: '', lines: LINES.toSorted() };

describe('events come out of what AWS hands out as they went in', () => {
  it('there is a test for each file', () => {
    expect(readdirSync(KEPT).toSorted()).toEqual(NAMES);
    expect(readdirSync(made).toSorted()).toEqual(NAMES);
  });

  it.each(NAMES)('%s, as moto wrote it once', async (name) => {
    expect(await exported(join(KEPT, name))).toEqual(ALL);
  });

  it.each(NAMES)('%s, as moto writes it now', async (name) => {
    expect(await exported(join(made, name))).toEqual(ALL);
  });
});
