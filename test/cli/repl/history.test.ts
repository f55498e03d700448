// The history of a terminal: what was typed over several lines is one entry.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { converse } from '../../../src/cli/repl/terminal.js';
import { temporaryFolder, until } from '../../outputs/helpers.js';
import { drive } from '../../repl/support.js';

async function historyOf(...keys: readonly string[]): Promise<readonly string[]> {
  const home = temporaryFolder();
  const input = new PassThrough();
  const screen = Object.assign(new PassThrough(), { columns: 80 });
  screen.resume();
  const over = converse(drive().session, {
    ...{ input, screen, coloured: false, home, interrupt: () => {} },
    write: async () => {},
  });
  const path = join(home, '.tsfalco_history');
  for (const [index, each] of keys.entries()) {
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    input.write(each);
    if (index < keys.length - 1 && each.endsWith('\r'))
      await until(() => existsSync(path) && readFileSync(path, 'utf8') !== before);
  }
  input.write('quit\r');
  await over;
  return readFileSync(path, 'utf8').trim().split('\n').slice(1);
}

test('open brackets and backslashes make one entry of their lines', async () => {
  expect(await historyOf('ka.verb in (get,\r', 'list)\r', 'ka.uri \\\r', 'exists\r')).toEqual([
    'ka.uri  exists',
    'ka.verb in (get, list)',
  ]);
});

test('lines of their own stay so', async () => {
  expect(await historyOf('ka.verb = get\r', 'ka.verb = list\r')).toEqual(['ka.verb = list', 'ka.verb = get']);
});
