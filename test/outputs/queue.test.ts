import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createFaultLog } from '../../src/outputs/fault-log.js';
import { type Message, type Output, OutputError } from '../../src/outputs/output.js';
import { createOutputQueue } from '../../src/outputs/queue.js';
import { keptLog, message, messages } from './helpers.js';

interface Kept extends Output {
  readonly lines: string[];
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
  const queue = createOutputQueue(outputs, { capacity: 0, timeoutMs: 2000, log: keptLog().log });
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
      throw new OutputError('file: failed to open output file x', batch.length);
    },
    close: async () => {},
  };
  const good = slowOutput('stdout');
  const queue = createOutputQueue([broken, good], { capacity: 0, timeoutMs: 2000, log });
  await queue.write(messages(2));
  await queue.close();
  expect(good.lines).toEqual(['stdout:alert 0', 'stdout:alert 1', 'stdout:close']);
  expect(lines).toEqual(Array(2).fill('error file: failed to open output file x'));
});

test('a full queue drops the newest alerts, says so once and counts them', async () => {
  const { lines, log } = keptLog();
  const slow = slowOutput('program', 50);
  const queue = createOutputQueue([slow], { capacity: 2, timeoutMs: 2000, log });
  for (const one of messages(20)) await queue.write([one]);
  await queue.close();
  expect(slow.lines).toEqual(['program:alert 0', 'program:alert 1', 'program:alert 2', 'program:close']);
  expect(queue.drops()).toBe(17);
  expect(lines).toEqual(['error Outputs queue out of memory. Drop event and continue on ...']);
});

test('a small queue in front of a fast output drops nothing', async () => {
  const fast = slowOutput('stdout');
  const queue = createOutputQueue([fast], { capacity: 1, timeoutMs: 2000, log: keptLog().log });
  await queue.write(messages(500));
  await queue.close();
  expect(queue.drops()).toBe(0);
  expect(fast.lines).toHaveLength(501);
});

test('without a capacity the source waits, but not when the run is to end', async () => {
  const stop = new AbortController();
  const slow = slowOutput('http', 1);
  const queue = createOutputQueue([slow], {
    capacity: 0,
    timeoutMs: 2000,
    log: keptLog().log,
    signal: stop.signal,
  });
  let accepted = false;
  const writing = queue.write(messages(5000)).then(() => {
    accepted = true;
  });
  await sleep(30);
  expect(accepted).toBe(false);
  stop.abort();
  await writing;
  await queue.write(messages(10));
  expect(slow.lines.length).toBeLessThan(5000);
});

test('flush waits for what was accepted', async () => {
  const slow = slowOutput('http', 20);
  const queue = createOutputQueue([slow], { capacity: 0, timeoutMs: 2000, log: keptLog().log });
  await queue.write(messages(3));
  expect(slow.lines).toHaveLength(0);
  await queue.flush();
  expect(slow.lines).toHaveLength(3);
});

test('the watchdog speaks once a stall', async () => {
  const { lines, log } = keptLog();
  const queue = createOutputQueue([slowOutput('program', 500)], { capacity: 0, timeoutMs: 100, log });
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
  const queue = createOutputQueue([stuck], { capacity: 0, timeoutMs: 100, log, abandonMs: 150 });
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
  const queue = createOutputQueue([slow], { capacity: 0, timeoutMs: 150, log });
  await queue.write(messages(10));
  await queue.close();
  expect(slow.lines).toHaveLength(11);
  expect(lines).toEqual([]);
});

test('a flood of the same fault is cut short, with the number left out', () => {
  const lines: string[] = [];
  let time = 0;
  const faults = createFaultLog(
    (line) => lines.push(line),
    () => time,
  );
  faults.report('full', 1000);
  expect(lines).toHaveLength(10);
  time = 2000;
  faults.report('full', 1);
  expect(lines[10]).toBe('full (991 more alerts lost)');
  faults.report('other', 1);
  faults.settle();
  expect(lines.slice(11)).toEqual(['other']);
});
