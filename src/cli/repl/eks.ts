// `load eks CLUSTER [FROM [TO]]`: a back-fill of a cluster's audit events from CloudWatch Logs into a session.

import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { payloadTexts } from '../../sources/files/lines.js';
import { SourceError } from '../../sources/source.js';
import { withProgress } from '../commands/backfill.js';
import type { Host } from '../host.js';

/** Without a start: so much of the past. */
const DEFAULT_SPAN = '15m';

/**
 * Reads until the end of the span, or until `add` has enough.
 * Errors: SourceError with a line for people.
 * @param initConfig settings of the plugin k8saudit-eks as JSON text, or empty
 */
export async function readEks(
  words: string,
  add: (payload: ByteString) => boolean,
  options: { readonly host: Host; readonly initConfig: ByteString; readonly signal: AbortSignal },
): Promise<void> {
  const [cluster = '', from = DEFAULT_SPAN, to = 'now', ...rest] = words.split(/\s+/).filter(Boolean);
  if (rest.length > 0) throw new SourceError('usage: load eks CLUSTER [FROM [TO]]');
  const { openCloudWatchSources } = await import('../../sources/cloudwatch/open.js');
  const { host, initConfig, signal } = options;
  // A session looks back; what runs in production remembers its place by itself.
  const { checkpoint: _, ...init } = JSON.parse(fromBytes(initConfig).trim() || '{}') as Record<
    string,
    unknown
  >;
  const sources = openCloudWatchSources({
    initConfig: toBytes(JSON.stringify(init)),
    openParams: toBytes(cluster),
    env: host.env,
    log: (_level, message) => host.error(message),
    from,
    to,
  });
  for (const source of host.progress === undefined ? sources : withProgress(sources, host.progress))
    for await (const { payloads } of source.batches(signal))
      for (const text of payloads.flatMap(payloadTexts)) if (!add(text)) return;
}
