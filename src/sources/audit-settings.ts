// Keys of k8saudit's init_config that are ours, beside those of Falco's plugin: who may call the web hook, where the
// place in a followed file is remembered, and the cluster that events come from. In: the text of init_config (JSON).

import type { ByteString } from '../bytes.js';
import { objectPlace } from './checkpoint/object-client.js';
import { SourceError } from './source.js';

/** Byte strings; undefined where a key is not given or empty. */
export interface AuditSettings {
  /** `webhook_client_ca`: PEM file with the authorities whose client certificates are let in; https only. */
  readonly clientAuthority: ByteString | undefined;
  /** `webhook_token_file`: file with the token that requests must bring. */
  readonly tokenFile: ByteString | undefined;
  /** `checkpoint`: file that remembers the place in a followed file over restarts. */
  readonly checkpoint: ByteString | undefined;
  /** `cluster_name`: for `ka.cluster.name` where an event has none. */
  readonly clusterName: ByteString | undefined;
}

/** Errors: SourceError. The text has passed the check against the plugin's schema. */
export function readAuditSettings(initConfig: ByteString): AuditSettings {
  const json: unknown = JSON.parse(initConfig.trim() || '{}');
  const given = new Map(Object.entries(json ?? {}).map(([key, value]) => [plainKey(key), value as unknown]));
  const text = (key: string): ByteString | undefined => {
    const value = given.get(plainKey(key));
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'object') throw new SourceError(`init_config of k8saudit: ${key} must be a text`);
    return String(value);
  };
  return {
    clientAuthority: text('webhook_client_ca'),
    tokenFile: text('webhook_token_file'),
    checkpoint: fileOf(text('checkpoint')),
    clusterName: text('cluster_name'),
  };
}

// A place in a file says nothing on another machine.
function fileOf(checkpoint: ByteString | undefined): ByteString | undefined {
  if (checkpoint !== undefined && objectPlace(checkpoint) !== undefined)
    throw new SourceError(
      `init_config of k8saudit: checkpoint must be a file, not ${checkpoint}: only k8saudit-eks keeps its place in S3`,
    );
  return checkpoint;
}

// Both camelCase and snake_case count, in any case: users mix them up.
function plainKey(key: string): string {
  return key.replaceAll('_', '').toLowerCase();
}
