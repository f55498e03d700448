import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  createOutputQueue,
  type OutputQueue,
  type QueueOptions,
} from '../../../src/outputs/delivery/queue.js';
import { createLosses } from '../../../src/outputs/losses.js';
import { type Message, type Output, OutputError } from '../../../src/outputs/output.js';
import { keptLog, keptLosses, message, messages } from '../helpers.js';

interface Kept extends Output {
  readonly lines: string[];
}

function queueOf(outputs: readonly Output[], options: Omit<QueueOptions, 'losses'>): OutputQueue {
  return createOutputQueue(outputs, { ...options, losses: keptLosses(options.log) });
}

/** An output that keeps its lines and takes its time. */
function slowOutput(name: string, delayMs = 0, seen: string[] = []): Kept {
  return {
    name,
    lines: seen,
    async write(batch: readonly Message[]) {
      if (delayMs > 0) await sleep(delayMs);
      seen.push(...batch.map(({ line }) => `${name}:${line}`));
    },
    reopen: async () => void seen.push(`${name}:reopen`),
    close: async () => void seen.push(`${name}:close`),
  };
}

test('every output gets every alert in order, one output after the other', async () => {
  const seen: string[] = [];
  const outputs = [slowOutput('file', 0, seen), slowOutput('http', 5, seen)];
  const queue = queueOf(outputs, { capacity: 0, timeoutMs: 2000, log: keptLog().log });
  await queue.write([message('a'), message('b')]);
  await queue.reopen();
  await queue.write([message('c')]);
  await queue.close();
  const alerts = (line: string) => [`file:${line}`, `http:${line}`];
  expect(seen).toEqual([
    ...alerts('a'),
    ...alerts('b'),
    ...alerts('reopen'),
    ...alerts('c'),
    ...alerts('close'),
  ]);
});

test('one output that fails does not stop the others', async () => {
  const { lines, log } = keptLog();
  const broken: Output = {
    name: 'file',
    write: async (batch) => {
      throw new OutputError('file: failed to open output file x', { reason: 'refused', undelivered: batch });
    },
    close: async () => {},
  };
  const good = slowOutput('stdout');
  const queue = queueOf([broken, good], { capacity: 0, timeoutMs: 2000, log });
  await queue.write(messages(2));
  await queue.close();
  expect(good.lines).toEqual(['stdout:alert 0', 'stdout:alert 1', 'stdout:close']);
  expect(lines).toEqual(Array(2).fill('error file: failed to open output file x (alert lost: "Rule")'));
});

test('a full queue drops the newest alerts, says so once and counts them', async () => {
  const { lines, log } = keptLog();
  const slow = slowOutput('program', 50);
  const queue = queueOf([slow], { capacity: 2, timeoutMs: 2000, log });
  for (const one of messages(20)) await queue.write([one]);
  await queue.close();
  expect(slow.lines).toEqual(['program:alert 0', 'program:alert 1', 'program:alert 2', 'program:close']);
  expect(queue.drops()).toBe(17);
  expect(lines[0]).toBe('error Outputs queue out of memory. Drop event and continue on ...');
  expect(lines[1]).toBe('error Outputs queue out of memory (alert lost: "Rule")');
  expect(lines.at(-1)).toBe('error Outputs queue out of memory (7 more alerts lost: from "Rule" to "Rule")');
});

test('a small queue in front of a fast output drops nothing', async () => {
  const fast = slowOutput('stdout');
  const queue = queueOf([fast], { capacity: 1, timeoutMs: 2000, log: keptLog().log });
  await queue.write(messages(500));
  await queue.close();
  expect(queue.drops()).toBe(0);
  expect(fast.lines).toHaveLength(501);
});

test('without a capacity the source waits, until the end of the run is near', async () => {
  const { lines, log } = keptLog();
  let release = (): void => {};
  const stuck: Output = {
    name: 'http',
    write: () => new Promise((resolve) => (release = resolve)),
    abandon: () => release(),
    close: async () => {},
  };
  const queue = queueOf([stuck], { capacity: 0, timeoutMs: 2000, log });
  let accepted = false;
  const writing = queue.write(messages(5000)).then(() => {
    accepted = true;
  });
  await sleep(30);
  expect(accepted).toBe(false);
  queue.hurry(20);
  await writing;
  await queue.close();
  expect(lines.at(-1)).toMatch(
    /not delivered before the end of the run \(4989 more alerts lost: from "Rule"/,
  );
});

test('alerts that wait are bounded by their bytes too', async () => {
  const slow = slowOutput('http', 1);
  const queue = queueOf([slow], { capacity: 0, timeoutMs: 2000, log: keptLog().log });
  const large = messages(40, 'x'.repeat(1024 * 1024));
  let accepted = 0;
  const writing = (async () => {
    for (const each of large) {
      await queue.write([each]);
      accepted++;
    }
  })();
  await new Promise((resolve) => setImmediate(resolve));
  expect(accepted).toBeLessThan(20);
  await writing;
  await queue.close();
  expect(slow.lines).toHaveLength(41);
});

test('what is given up at a stop is not done with: its source does not commit', async () => {
  const { lines, log } = keptLog();
  let fail = (): void => {};
  const stuck: Output = {
    name: 'program',
    write: () => new Promise((resolve) => (fail = resolve)),
    abandon: () => fail(),
    close: async () => {},
  };
  const queue = queueOf([stuck], { capacity: 0, timeoutMs: 2000, log });
  await queue.write(messages(2));
  const flushed = queue.flush();
  queue.hurry(10);
  expect(await flushed).toBe(false);
  await queue.close();
  expect(lines.at(-1)).toBe('error program: not delivered before the end of the run (alert lost: "Rule")');
});

test('flush waits for what was accepted', async () => {
  const slow = slowOutput('http', 20);
  const queue = queueOf([slow], { capacity: 0, timeoutMs: 2000, log: keptLog().log });
  await queue.write(messages(3));
  expect(slow.lines).toHaveLength(0);
  await queue.flush();
  expect(slow.lines).toHaveLength(3);
});

test('the watchdog speaks once a stall', async () => {
  const { lines, log } = keptLog();
  const queue = queueOf([slowOutput('program', 500)], { capacity: 0, timeoutMs: 100, log });
  await queue.write(messages(1));
  await queue.flush();
  await queue.write(messages(1));
  await queue.flush();
  expect(lines).toEqual(Array(2).fill('critical "program" output timeout, all output channels are blocked'));
});

test('at the end a stuck output loses the rest and is then given up', async () => {
  const { lines, log } = keptLog();
  let abandoned = false;
  const stuck: Output = {
    name: 'http',
    write: () => new Promise(() => {}),
    abandon: () => {
      abandoned = true;
    },
    close: async () => {},
  };
  const queue = queueOf([stuck], { capacity: 0, timeoutMs: 100, log, abandonMs: 150 });
  await queue.write(messages(5));
  const begun = performance.now();
  await queue.close();
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(abandoned).toBe(true);
  expect(lines).toContain('notice output channels still blocked, discarding all remaining notifications');
});

test('at the end a slow output that moves on loses nothing', async () => {
  const { lines, log } = keptLog();
  const slow = slowOutput('http', 40);
  const queue = queueOf([slow], { capacity: 0, timeoutMs: 150, log });
  await queue.write(messages(10));
  await queue.close();
  expect(slow.lines).toHaveLength(11);
  expect(lines).toEqual([]);
});

test('a flood of the same fault is cut short, with the number left out', () => {
  const lines: string[] = [];
  let time = 0;
  const losses = createLosses(
    (line) => lines.push(line),
    () => time,
  );
  losses.report('file', 'disk_full', 'full', messages(1000));
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('full (alert lost: "Rule")');
  time = 2000;
  losses.report('file', 'disk_full', 'full', messages(1));
  expect(lines[10]).toBe('full (991 more alerts lost: from "Rule" to "Rule")');
  losses.report('http', 'status', 'other', messages(1));
  losses.report('file', 'disk_full', 'full', messages(1));
  losses.settle();
  expect(lines.slice(11)).toEqual(['other (alert lost: "Rule")', 'full (1 more alert lost: "Rule")']);
  expect(losses.counts()).toEqual([
    { output: 'file', reason: 'disk_full', count: 1002 },
    { output: 'http', reason: 'status', count: 1 },
  ]);
});

test('a lost alert is named by its rule and time, in one line whatever the name', () => {
  const lines: string[] = [];
  const losses = createLosses((line) => lines.push(line));
  const [text, json] = ['12:00:00.000000001: Warning x: y', '{"output":"x","time":"2026-05-01T10:00:00Z"}'];
  losses.report('http', 'status', 'fault', [
    { line: text, priority: 4, rule: 'A\nfault "\x1b[2J' },
    { line: json, priority: 4, rule: 'B' },
  ]);
  expect(lines).toEqual([
    'fault (alert lost: "A\\nfault "\\u001b[2J" of 12:00:00.000000001)',
    'fault (alert lost: "B" of 2026-05-01T10:00:00Z)',
  ]);
});

test('containers without a syslog hear of it once', () => {
  const lines: string[] = [];
  const losses = createLosses((line) => lines.push(line));
  for (let n = 0; n < 50; n++) losses.report('syslog', 'no_syslog', 'nothing listens', messages(1));
  expect(lines).toHaveLength(1);
  expect(losses.counts()).toEqual([{ output: 'syslog', reason: 'no_syslog', count: 50 }]);
});

test('a source that waits for room at a full queue is let go by the stop, and what waited is said', async () => {
  const { lines, log } = keptLog();
  let letGo = (): void => {};
  let written = 0;
  const stuck: Output = {
    name: 'file',
    write(batch) {
      written += batch.length;
      return new Promise<void>((resolve) => {
        letGo = resolve;
      });
    },
    abandon: () => letGo(),
    close: async () => {},
  };
  const queue = queueOf([stuck], { capacity: 0, timeoutMs: 20, log, abandonMs: 20 });
  // The first portion is being written, and more wait than may.
  const producer = queue.write(messages(10_000));
  const over = producer.then(() => 'let go');
  expect(await Promise.race([over, Promise.resolve('waits')])).toBe('waits');
  await queue.close();
  expect(await over).toBe('let go');
  expect(queue.queued()).toBe(0);
  // Those of the call that hung were given to the output; it has to say what became of them.
  const more = lines.map((line) => Number(/\((\d+) more alerts lost/.exec(line)?.[1] ?? 0));
  const said =
    lines.filter((line) => line.includes('alert lost:')).length + more.reduce((sum, n) => sum + n, 0);
  expect(said).toBe(10_000 - written);
  // Nothing that comes behind the stop waits either, or is taken in silence.
  await queue.write([message('late')]);
  expect(queue.queued()).toBe(0);
});
