import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLock } from '../../../src/sources/checkpoint/file-lock.js';
import { type HandClock, handClock, pass } from './hand-clock.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-lock-'));
  path = join(folder, 'place');
});

afterEach(() => rmSync(folder, { recursive: true }));

function lockOf(hand: HandClock, lines: string[] = []) {
  return createLock(path, hand.clock, (level, line) => lines.push(`${level} ${line}`));
}

const NEVER = new AbortController().signal;

describe('two processes on one checkpoint', () => {
  it('take turns: the second waits, says so, and goes on when the first ends', async () => {
    const first = handClock();
    const second = handClock();
    const lines: string[] = [];
    const one = lockOf(first);
    expect(await one.acquire(NEVER)).toBe(true);
    const two = lockOf(second, lines);
    const waiting = two.acquire(NEVER);
    for (let seconds = 0; seconds < 70; seconds++) {
      first.move(1000);
      const text = readFileSync(`${path}.lock`, 'utf8');
      // The beat has been written before the other one looks.
      for (let i = 0; i < 1000 && readFileSync(`${path}.lock`, 'utf8') === text; i++) await turn();
      expect(await pass(second, 1000, waiting)).toBe('waits');
    }
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^warning checkpoint .*place is in use by (process \d+|a process) on host [\w.-]+; waiting for it to end$/,
    );
    await one.confirm();
    await one.release();
    expect(await pass(second, 1000, waiting)).toBe(true);
    expect(lines.at(-1)).toMatch(/^info checkpoint .*place is free; going on$/);
    await two.release();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('give up waiting on the abort', async () => {
    const one = lockOf(handClock());
    await one.acquire(NEVER);
    const stop = new AbortController();
    const two = lockOf(handClock()).acquire(stop.signal);
    stop.abort();
    expect(await two).toBe(false);
    await one.release();
  });

  it('do not wait for ever for one whose file stays as it is, wherever it ran', async () => {
    const dead = { id: 'x', host: 'elsewhere', pid: '1', started: '5', boot: 'b', space: 's', user: '0' };
    writeFileSync(`${path}.lock`, `${JSON.stringify({ ...dead, beat: '000000000000007' })}\n`);
    const hand = handClock();
    const lock = lockOf(hand);
    const waiting = lock.acquire(NEVER);
    expect(await pass(hand, 9000, waiting)).toBe('waits');
    expect(await pass(hand, 3000, waiting)).toBe(true);
    await lock.release();
  });

  it('count only the time in which they looked: one that stood still takes nothing', async () => {
    const one = lockOf(handClock());
    await one.acquire(NEVER);
    const hand = handClock();
    const waiting = lockOf(hand).acquire(NEVER);
    expect(await pass(hand, 1000, waiting)).toBe('waits');
    while (hand.sleeps() === 0) await turn();
    hand.move(3_600_000);
    expect(await pass(hand, 5000, waiting)).toBe('waits');
    await one.release();
    expect(await pass(hand, 1000, waiting)).toBe(true);
  });

  it('are told where the other one has taken it over', async () => {
    const slow = handClock();
    const one = lockOf(slow);
    await one.acquire(NEVER);
    const hand = handClock();
    // It makes no beat for ten seconds.
    expect(await pass(hand, 12_000, lockOf(hand).acquire(NEVER))).toBe(true);
    slow.move(13_000);
    await expect(one.confirm()).rejects.toThrow(
      /^checkpoint .*place has been taken over by .* since this process stood still for too long: it ends here$/,
    );
    await one.release();
    expect(existsSync(`${path}.lock`)).toBe(true);
  });

  it.runIf(existsSync('/proc/self/ns/pid'))('see at once that a process was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1');
    const owner = {
      id: 'x',
      host: hostname(),
      pid: String(child.pid),
      started: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19],
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
      space: readlinkSync('/proc/self/ns/pid'),
      user: String(process.getuid?.()),
    };
    writeFileSync(`${path}.lock`, `${JSON.stringify({ ...owner, beat: '000000000000007' })}\n`);
    const stop = new AbortController();
    const hand = handClock();
    expect(await pass(hand, 2000, lockOf(hand).acquire(stop.signal))).toBe('waits');
    stop.abort();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = lockOf(handClock());
    expect(await lock.acquire(NEVER)).toBe(true);
    await lock.release();
  });

  it('are refused a place where no file can be', async () => {
    writeFileSync(path, '');
    const lock = createLock(join(path, 'below'), handClock().clock, () => {});
    await expect(lock.acquire(NEVER)).rejects.toThrow(/^cannot write checkpoint .*below: ENOTDIR/);
  });
});
