import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Alert } from '../src/engine/rules/alert/alert.js';
import type { Event } from '../src/event.js';
import type { Message, Output } from '../src/outputs/output.js';
import { type Evaluator, type RunOptions, run } from '../src/pipeline.js';
import { AUDIT_ENVELOPE } from '../src/plugins/audit-log.js';
import { type Batch, type Source, SourceError } from '../src/sources/source.js';
import { createUnwrapper } from '../src/sources/unwrap.js';
import { eventually } from './eventually.js';

const text = (id: number, seconds = 0): string =>
  `{"kind":"Event","auditID":"${id}","stageTimestamp":"2024-05-01T12:00:${String(seconds).padStart(2, '0')}.5Z"}`;

/** A ruleset that makes `count` alerts of every event, each naming the event's number. */
function alerting(label: string, count = 1): Evaluator {
  const rule = { name: 'r', source: 's', priority: 4, tags: [] };
  return {
    evaluate: ({ num }: Event): readonly Alert[] => Array(count).fill({ rule, line: `${label}${num}` }),
  };
}

type Steps = string[];

function testSource(
  batches: readonly (readonly string[])[],
  steps: Steps,
  more: Partial<Source> = {},
): Source {
  return {
    name: 'k8s_audit',
    plugin: 'test',
    maxEventSize: 1000,
    async *batches(): AsyncIterable<Batch> {
      for (const [position, payloads] of batches.entries()) yield { payloads, position };
    },
    commit: (position) => {
      steps.push(`commit ${position}`);
    },
    ...more,
  };
}

function testOutput(steps: Steps, name = 'out'): Output {
  return {
    name,
    write: async (messages) => {
      await sleep(1);
      steps.push(`${name} ${messages.map(({ line }) => line).join(' ')}`);
    },
    flush: async () => {
      steps.push(`flush ${name}`);
      return true;
    },
    close: async () => {},
  };
}

function start(source: Source, options: Partial<RunOptions> & { readonly steps: Steps }) {
  const { steps, ...rest } = options;
  const log = (_level: string, message: string): void => {
    steps.push(`log ${message}`);
  };
  return run({
    source,
    unwrap: createUnwrapper({
      envelope: AUDIT_ENVELOPE,
      source: 'k8s_audit',
      plugin: 'test',
      maxEventSize: 1000,
      log,
    }),
    ruleset: () => alerting('a'),
    outputs: [testOutput(steps)],
    signal: new AbortController().signal,
    log,
    ...rest,
  });
}

describe('run', () => {
  it('writes a batch in one call, flushes, and then commits', async () => {
    const steps: Steps = [];
    const result = await start(testSource([[text(1), text(2)], ['x'], [text(3)]], steps), { steps });
    expect(steps).toEqual([
      'out a1 a2',
      'flush out',
      'commit 0',
      'log cannot parse JSON: cannot parse number: unexpected char: "x"; unparsed tail: "x"',
      'flush out',
      'commit 1',
      'out a3',
      'flush out',
      'commit 2',
    ]);
    expect(result).toEqual({ events: 3, alerts: 3, ended: 'end' });
  });

  it('gives every output every alert, also when one fails', async () => {
    const steps: Steps = [];
    const failing = { ...testOutput(steps, 'bad'), write: () => Promise.reject(new Error('disk full')) };
    await start(testSource([[text(1)]], steps), { steps, outputs: [failing, testOutput(steps)] });
    expect(steps).toEqual(['out a1', 'log disk full', 'flush bad', 'flush out', 'commit 0']);
  });

  it('does not let a huge batch pile up', async () => {
    const sizes: number[] = [];
    const write = async (messages: readonly Message[]): Promise<void> => void sizes.push(messages.length);
    const output = { name: 'out', write, close: async () => {} };
    const payloads = Array.from({ length: 3000 }, (_, i) => text(i));
    const result = await start(testSource([payloads], []), { steps: [], outputs: [output] });
    expect(result.alerts).toBe(3000);
    expect(sizes).toEqual([1024, 1024, 952]);
  });

  it('takes another ruleset over between payloads, and each event meets exactly one', async () => {
    const steps: Steps = [];
    let current = alerting('old');
    const result = await start(testSource([[text(1), `[${text(2)},${text(3)}]`, text(4)]], steps), {
      steps,
      ruleset: () => current,
      onEvent: (event) => {
        if (event.num === 2) current = alerting('new');
        return undefined;
      },
    });
    expect(steps[0]).toBe('out old1 old2 old3 new4');
    expect(result.events).toBe(4);
  });

  it('shows events before they are evaluated and counts alerts', async () => {
    const steps: Steps = [];
    const onAlert = vi.fn();
    await start(testSource([[text(1), text(2)]], steps), {
      steps,
      ruleset: () => alerting('a', 2),
      onEvent: ({ num }) => (num === 2 ? { line: 'snapshot', priority: 6, rule: 'Rule' } : undefined),
      onAlert,
    });
    expect(steps[0]).toBe('out a1 a1 snapshot a2 a2');
    expect(onAlert).toHaveBeenCalledTimes(4);
  });

  it('waits for the outputs before it asks for more', async () => {
    let asked = 0;
    let release: (() => void) | undefined;
    const source = testSource([], [], {
      async *batches() {
        for (;;) {
          asked++;
          yield { payloads: [text(asked)], position: asked };
          if (asked === 3) return;
        }
      },
    });
    const write = () => new Promise<void>((resolve) => (release = resolve));
    const running = start(source, { steps: [], outputs: [{ name: 'slow', write, close: async () => {} }] });
    for (const expected of [1, 2, 3]) {
      await eventually(() => release !== undefined);
      await sleep(5);
      expect(asked).toBe(expected);
      const go = release;
      release = undefined;
      go?.();
    }
    expect((await running).events).toBe(3);
  });

  it('hands on the error of a source after the alerts before it', async () => {
    const steps: Steps = [];
    const source = testSource([], steps, {
      async *batches() {
        yield { payloads: [text(1)], position: 0 };
        throw new SourceError('gone');
      },
    });
    await expect(start(source, { steps })).rejects.toThrow(new SourceError('gone'));
    expect(steps).toEqual(['out a1', 'flush out', 'commit 0']);
  });

  it('evaluates what the source still gives after an abort, and says that it was aborted', async () => {
    const steps: Steps = [];
    const abort = new AbortController();
    const source = testSource([], steps, {
      async *batches(signal) {
        yield { payloads: [text(1)], position: 0 };
        expect(signal.aborted).toBe(true);
        yield { payloads: [text(2)], position: 1 };
      },
    });
    const onEvent = () => void abort.abort();
    const result = await start(source, { steps, signal: abort.signal, onEvent });
    expect(result).toEqual({ events: 2, alerts: 2, ended: 'aborted' });
    expect(steps.filter((step) => step.startsWith('out'))).toEqual(['out a1', 'out a2']);
  });
});

describe('maxSeconds', () => {
  afterEach(() => void vi.useRealTimers());

  it('drops the first event past the limit, ends there, and leaves its batch uncommitted', async () => {
    const steps: Steps = [];
    let cleaned = false;
    const source = testSource([], steps, {
      async *batches(signal) {
        try {
          yield { payloads: [text(1), text(2, 1)], position: 0 };
          yield { payloads: [text(3, 1), text(4, 2), text(5)], position: 1 };
          yield { payloads: [text(6)], position: 2 };
        } finally {
          cleaned = signal.aborted;
        }
      },
    });
    const result = await start(source, { steps, maxSeconds: 2 });
    expect(result).toEqual({ events: 3, alerts: 3, ended: 'limit' });
    expect(steps).toEqual(['out a1 a2', 'flush out', 'commit 0', 'out a3']);
    expect(cleaned).toBe(true);
  });

  it('ends a source that stays silent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const source = testSource([], [], {
      async *batches(signal) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        yield* [];
      },
    });
    const running = start(source, { steps: [], maxSeconds: 6 });
    let ended: string | undefined;
    void running.then((result) => (ended = result.ended));
    await vi.advanceTimersByTimeAsync(5999);
    expect(ended).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    expect((await running).ended).toBe('limit');
  });
});

it('gives way to timers while a source is never short of events', async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const source = testSource([], [], {
    async *batches() {
      for (let i = 0; i < 30; i++) yield { payloads: [text(i)], position: i };
    },
  });
  const busy = (): undefined => {
    const end = performance.now() + 10;
    while (performance.now() < end);
  };
  const output = { name: 'out', write: async () => {}, close: async () => {} };
  await start(source, { steps: [], outputs: [output], onEvent: busy });
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(5);
});
