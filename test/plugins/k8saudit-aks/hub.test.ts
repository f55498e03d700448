import { describe, expect, it } from 'vitest';
import type { Hub, HubHandlers, HubStart } from '../../../src/plugins/k8saudit-aks/client.js';
import { openHub } from '../../../src/plugins/k8saudit-aks/hub.js';
import type { Memory } from '../../../src/plugins/plugin.js';

/** A hub as the service behaves: partitions with numbered events. */
function fakeHub(partitions: Readonly<Record<string, readonly string[]>>, faults: readonly Error[] = []) {
  const starts: HubStart[] = [];
  const pending = [...faults];
  const connect = (): Hub => ({
    async partitions() {
      const fault = pending.shift();
      if (fault !== undefined) throw fault;
      return Object.keys(partitions);
    },
    subscribe(handlers: HubHandlers, start) {
      starts.push(start);
      for (const [partitionId, bodies] of Object.entries(partitions)) {
        const after = start.after.get(partitionId) ?? (start.otherwise === 'earliest' ? -1 : bodies.length);
        const events = bodies.map((body, sequenceNumber) => ({ body: Buffer.from(body), sequenceNumber }));
        void handlers.processEvents(events.slice(after + 1), { partitionId });
      }
      return { close: async () => {} };
    },
    close: async () => {},
  });
  return { starts, connect };
}

function memoryOf(): Memory & { value: unknown } {
  const memory = {
    value: undefined as unknown,
    load: async () => memory.value,
    save: async (value: unknown) => void (memory.value = value),
  };
  return memory;
}

async function read(
  fake: ReturnType<typeof fakeHub>,
  memory: Memory | undefined,
  wanted: number,
  commits = true,
) {
  const logged: string[] = [];
  const source = openHub({
    name: 'hub',
    connect: fake.connect,
    start: 'earliest',
    memory,
    maxEventSize: 1000,
    clusterName: undefined,
    io: { log: (level, message) => void logged.push(`${level} ${message}`), drop: () => {} },
  });
  const payloads: string[] = [];
  const stop = new AbortController();
  for await (const batch of source.batches(stop.signal)) {
    payloads.push(...batch.payloads.map(String));
    if (commits) await source.commit?.(batch.position);
    if (payloads.length >= wanted) stop.abort();
  }
  return { payloads, logged };
}

describe('an event hub', () => {
  it('is read on behind the events whose alerts have left, partition by partition', async () => {
    const memory = memoryOf();
    expect((await read(fakeHub({ 0: ['a', 'b'], 1: ['c'] }), memory, 3)).payloads).toEqual(['a', 'b', 'c']);
    const later = fakeHub({ 0: ['a', 'b', 'd'], 1: ['c'], 2: ['new'] });
    expect((await read(later, memory, 2)).payloads).toEqual(['d', 'new']);
  });

  it('gives events again whose alerts did not leave', async () => {
    const memory = memoryOf();
    await read(fakeHub({ 0: ['a'] }), memory, 1, false);
    expect((await read(fakeHub({ 0: ['a'] }), memory, 1)).payloads).toEqual(['a']);
  });

  it('survives trouble, and says it without keys', async () => {
    const fault = new Error('Endpoint=sb://x/;SharedAccessKey=s3cret broke');
    const { payloads, logged } = await read(fakeHub({ 0: ['a'] }, [fault]), undefined, 1);
    expect(payloads).toEqual(['a']);
    expect(logged).toEqual([
      'warning event hub hub: Endpoint=sb://x/;SharedAccessKey=*** broke; trying again',
    ]);
  });

  it('that refuses the credentials ends the start with one line', async () => {
    const fault = Object.assign(new Error('no'), { code: 'UnauthorizedError' });
    await expect(read(fakeHub({}, [fault]), undefined, 1)).rejects.toThrow('event hub hub: no');
  });
});
