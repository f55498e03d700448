// Leaving a conversation on a terminal: what is not saved is asked about once, however one leaves.

import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { converse } from '../../../src/cli/repl/terminal.js';
import { temporaryFolder, until } from '../../outputs/helpers.js';
import { drive } from '../../repl/support.js';

const QUESTION = '1 item not saved. Keep it with: save FILE. Leave without it: once more.';

function talk() {
  const driven = drive();
  const input = new PassThrough();
  const screen = Object.assign(new PassThrough(), { columns: 80 });
  screen.resume();
  let shown = '';
  const over = converse(driven.session, {
    input,
    screen,
    write: async (text) => {
      shown += text;
    },
    coloured: false,
    home: temporaryFolder(),
    interrupt: () => {},
  });
  let left = false;
  void over.then(() => {
    left = true;
  });
  return {
    files: driven.files,
    over,
    left: () => left,
    shown: () => shown,
    type: (keys: string) => void input.write(keys),
    asked: () => shown.split(QUESTION).length - 1,
  };
}

const WAYS = [
  ['quit', 'quit\r'],
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
] as const;

describe.each(WAYS)('%s', (_name, keys) => {
  test('with a rule that is not saved asks once; a second one leaves', async () => {
    const { type, shown, asked, left, over } = talk();
    type('rule R ka.verb = get | x\r');
    await until(() => shown().includes('rule R defined'));
    type(keys);
    await until(() => asked() === 1);
    expect(left()).toBe(false);
    type(keys);
    await over;
    expect(asked()).toBe(1);
  });

  test('with nothing to lose leaves at once', async () => {
    const { type, shown, asked, over, files } = talk();
    type('rule R ka.verb = get | x\r');
    await until(() => shown().includes('rule R defined'));
    type('save mine.yaml\r');
    await until(() => shown().includes('1 item written to mine.yaml'));
    type(keys);
    await over;
    expect(asked()).toBe(0);
    expect(files.get('mine.yaml')).toContain('- rule: R');
  });
});

test('whoever goes on after the question is asked again at the next leave', async () => {
  const { type, shown, asked, over } = talk();
  type('rule R ka.verb = get | x\r');
  await until(() => shown().includes('rule R defined'));
  type('\x03');
  await until(() => asked() === 1);
  type('ka.verb\r');
  await until(() => shown().includes('ka.verb: '));
  type('\x04');
  await until(() => asked() === 2);
  type('\x03');
  await over;
});

test('the end of a pipe leaves at once', async () => {
  const driven = drive();
  const input = new PassThrough();
  input.end('rule R ka.verb = get | x\nquit\n');
  let shown = '';
  await converse(driven.session, {
    input,
    screen: undefined,
    write: async (text) => {
      shown += text;
    },
    coloured: false,
    home: undefined,
    interrupt: () => {},
  });
  expect(shown).not.toContain('not saved');
});
