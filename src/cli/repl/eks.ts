// `load eks CLUSTER [FROM [TO]]`: a back-fill of a cluster's audit events from CloudWatch Logs into a session.

import { fromBytes } from '../../bytes.js';
import { k8sauditEks } from '../../plugins/k8saudit-eks/index.js';
import { type InitConfig, initPlugin } from '../../plugins/settings.js';
import type { AddPayload } from '../../repl/events.js';
import { payloadTexts } from '../../sources/files/lines.js';
import { SourceError } from '../../sources/source.js';
import { withProgress } from '../commands/backfill.js';
import type { Host } from '../host.js';
import { PATIENCE_SECONDS } from '../logs/inputs.js';

/** Without a start: so much of the past. */
const DEFAULT_SPAN = '15m';

/**
 * Reads until the end of the span, or until `add` has enough.
 * Errors: SourceError with a line for people.
 * @param options.config settings of the plugin k8saudit-eks
 */
export async function readEks(
  words: string,
  add: AddPayload,
  options: { readonly host: Host; readonly config: InitConfig | undefined; readonly signal: AbortSignal },
): Promise<void> {
  const [cluster = '', from = DEFAULT_SPAN, to = 'now', ...rest] = words.split(/\s+/).filter(Boolean);
  if (rest.length > 0) throw new SourceError('usage: load eks CLUSTER [FROM [TO]]');
  const { openCloudWatchSources } = await import('../../plugins/k8saudit-eks/open.js');
  const { host, config, signal } = options;
  const init = initPlugin(k8sauditEks, config ?? '');
  if (!init.ok) throw new SourceError(fromBytes(init.error));
  const sources = openCloudWatchSources({
    // A session looks back; what runs in production remembers its place by itself.
    init: { ...init.settings, checkpoint: undefined },
    openParams: cluster,
    env: host.env,
    log: (_level, message) => host.error(message),
    from,
    to,
    patience: PATIENCE_SECONDS,
  });
  for (const source of host.progress === undefined ? sources : withProgress(sources, host.progress))
    for await (const { payloads } of source.batches(signal))
      for (const text of payloads.flatMap(payloadTexts))
        if (!add({ payload: text, plugin: undefined })) return;
}
