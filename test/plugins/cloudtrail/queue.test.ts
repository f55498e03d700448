import { expect, it } from 'vitest';
import { fromBytes } from '../../../src/bytes.js';
import { cloudtrail } from '../../../src/plugins/cloudtrail/index.js';
import { openQueue } from '../../../src/plugins/cloudtrail/queue.js';
import type { CloudtrailSettings } from '../../../src/plugins/cloudtrail/settings.js';
import type { SourceIo } from '../../../src/plugins/plugin.js';
import { initPlugin } from '../../../src/plugins/settings.js';
import { SourceError } from '../../../src/sources/source.js';

const record = '{"eventID":"1","eventTime":"2026-11-30T12:00:00Z","eventName":"CreateAccessEntry"}';

it('a message that cannot be deleted now comes again, and its source goes on', async () => {
  const init = initPlugin(cloudtrail, '{}');
  if (!init.ok) throw new Error(init.error);
  const logged: string[] = [];
  let deletions = 0;
  let given = 0;
  const queue = {
    // It is in the queue until it has been deleted.
    receive: async () => [{ id: 'm', receipt: `r${++given}`, body: `{"detail":${record}}` }],
    remove: async () => {
      if (++deletions === 1) throw new SourceError('Rate exceeded', { retryable: true });
    },
    hold: async () => {},
  };
  const store = { read: () => Promise.reject(new Error('there are no files')), list: () => [] };
  const io = {
    env: {},
    log: (level: string, message: string) => void logged.push(`${level} ${fromBytes(message)}`),
    drop: () => {},
  } as unknown as SourceIo;
  const context = {
    settings: init.settings as unknown as CloudtrailSettings,
    params: '',
    paramBytes: '',
    io,
  };
  const source = openQueue('trail', context, { queue, store } as never);
  const stop = new AbortController();
  let records = 0;
  for await (const { payloads, position } of source.batches(stop.signal)) {
    records += payloads.length;
    await source.commit?.(position);
    if (deletions === 2) stop.abort();
  }
  expect(records).toBe(2);
  expect(logged).toEqual(['warning sqs://trail: Rate exceeded; a message comes again']);
  expect(source.summary?.().at(-1)).toBe('sqs://trail: 2 messages received, 1 settled, 0 left in the queue');
});
