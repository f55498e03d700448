// init_config and open_params of k8saudit-eks. In: the settings as the schema has them, and open_params (a name, names, or a
// JSON list; `clusters` in init_config is the same as a list in YAML). Out: settings for each cluster, or one line that says
// what is wrong (spec: fields-and-sources.md §4.1).

import { objectPlace } from '../../sources/checkpoint/object-client.js';
import { LARGER_EVENTS } from '../falco.js';
import { defineSettings, type Setting, type SettingsOf } from '../plugin.js';
import { plainKey } from '../settings.js';

const falcos = <T extends Setting['type']>(title: string, type: T, description: string) => ({
  type,
  title,
  description,
});
const own = <T extends Setting['type']>(type: T, description: string) => ({
  type,
  description,
  own: true as const,
});

export const SETTINGS = defineSettings(
  {
    profile: falcos('profile', 'string', 'The Profile to use to create the session'),
    region: falcos('region', 'string', 'The Region of your EKS cluster'),
    buffer_size: {
      ...falcos('buffer_size', 'integer', 'Buffer Size (default: 200)'),
      default: 200,
      here: { text: 'no effect here' },
    },
    shift: {
      ...falcos('shift', 'integer', 'Time shift in past in seconds (default: 1s)'),
      default: 1,
      here: { text: 'really seconds (in Falco: nanoseconds)', default: 1 },
    },
    polling_interval: {
      ...falcos('polling_interval', 'integer', 'Polling Interval in seconds (default: 5s)'),
      default: 5,
      here: { text: 'longest pause, while nothing comes', default: 5 },
    },
    use_async: {
      ...falcos(
        'use_async',
        'boolean',
        'If true then async extraction optimization is enabled (default: true)',
      ),
      default: true,
      here: { text: 'no effect here' },
    },
    max_event_size: {
      ...falcos('max_event_size', 'integer', 'Maximum size of single audit event (default: 262144)'),
      default: 262144,
      here: LARGER_EVENTS,
    },
    clusters: own('array', 'more clusters than open_params names'),
    role_arn: own('string', 'role to take on with the credentials'),
    external_id: own('string', 'external id for that role'),
    lateness: { ...own('number', 'how late an event may come, seconds'), minimum: 0, default: 120 },
    requests_per_second: {
      ...own('number', "calls a second (default: half of the region's quota)"),
      minimum: 0.01,
    },
    max_catch_up: { ...own('number', 'longest outage read again, seconds'), minimum: 1, default: 604_800 },
    warn_after_silence: {
      ...own('number', 'silence that is said, seconds; 0: never'),
      minimum: 0,
      default: 600,
    },
    checkpoint: own('string', 'file or s3://bucket/key that remembers the place'),
    from: own('string', 'where a start without a checkpoint begins, as --from'),
    to: own('string', 'where to end, as --to'),
  },
  {
    definitions: {
      head: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'https://github.com/falcosecurity/plugins/plugins/k8saudit-eks/pkg/k8sauditeks/plugin-config',
        $ref: '#/$defs/PluginConfig',
      },
      keyword: '$defs',
    },
  },
);

/** The settings of the plugin, as they are given. */
export type EksInit = SettingsOf<typeof SETTINGS.properties>;

export interface ClusterSettings {
  readonly cluster: string;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly roleArn: string | undefined;
  readonly externalId: string | undefined;
}

export interface EksSettings {
  readonly clusters: readonly ClusterSettings[];
  /** Seconds into the past at which reading starts. */
  readonly shift: number;
  /** Seconds. */
  readonly pollingInterval: number;
  /** Seconds. */
  readonly lateness: number;
  /** Bytes of compact JSON. */
  readonly maxEventSize: number;
  /** Calls a second for each account and region; undefined: half of the quota. */
  readonly requestsPerSecond: number | undefined;
  /** Seconds; what is longer ago than this is not caught up with after an outage. */
  readonly maxCatchUp: number;
  /** Seconds without an event after which that is said; 0: never. */
  readonly warnAfterSilence: number;
  /** Checkpoint: a file, or `s3://bucket/key`; with several clusters one beside it for each. */
  readonly checkpoint: string | undefined;
  /** Start and end as people write them (times.ts). */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: EksSettings }
  | { readonly ok: false; readonly error: string };

type Json = Readonly<Record<string, unknown>>;

const ENTRY_KEYS: ReadonlySet<string> = new Set([
  'cluster',
  'name',
  'region',
  'profile',
  'rolearn',
  'externalid',
]);

/** @param openParams text */
export function readEksSettings(init: EksInit, openParams: string): SettingsResult {
  const problems: string[] = [];
  const list = init.clusters;
  const entries = [
    ...(list !== undefined && openParams.trim() === '' ? [] : entriesOf(openParams, problems)),
    ...(list === undefined ? [] : toEntries(list, 'clusters', problems)),
  ];
  const shared = {
    region: init.region || undefined,
    profile: init.profile || undefined,
    roleArn: init.role_arn,
    externalId: init.external_id,
  };
  const clusters = entries.map((entry) => clusterOf(entry, shared, problems));
  if (problems.length === 0 && (clusters.length === 0 || clusters.some(({ cluster }) => cluster === ''))) {
    problems.push("cluster name can't be empty");
  }
  const settings: EksSettings = {
    clusters,
    // 0 is the default for these two, as in the plugin.
    shift: init.shift || 1,
    pollingInterval: init.polling_interval || 5,
    lateness: init.lateness,
    maxEventSize: init.max_event_size,
    requestsPerSecond: init.requests_per_second,
    maxCatchUp: init.max_catch_up,
    warnAfterSilence: init.warn_after_silence,
    checkpoint: checkpointOf(init.checkpoint, problems),
    from: init.from,
    to: init.to,
  };
  return problems.length === 0 ? { ok: true, settings } : { ok: false, error: problems[0]! };
}

function checkpointOf(text: string | undefined, problems: string[]): string | undefined {
  const place = text === undefined ? undefined : objectPlace(text);
  if (place?.bucket === '' || place?.key === '')
    problems.push(`checkpoint must be a file or s3://bucket/key, not ${text}`);
  return text;
}

function clusterOf(
  entry: Json,
  shared: Omit<ClusterSettings, 'cluster'>,
  problems: string[],
): ClusterSettings {
  const text = (key: string): string | undefined => {
    const value = entry[plainKey(key)];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'object') return String(value);
    problems.push(`${key} must be a text`);
    return undefined;
  };
  return {
    cluster: text('cluster') ?? text('name') ?? '',
    region: text('region') ?? shared.region,
    profile: text('profile') ?? shared.profile,
    roleArn: text('role_arn') ?? shared.roleArn,
    externalId: text('external_id') ?? shared.externalId,
  };
}

// `a`, `a, b`, `["a", {"cluster": "b", "region": "eu-west-1", "role_arn": "…"}]`.
function entriesOf(openParams: string, problems: string[]): readonly Json[] {
  const text = openParams.trim();
  if (!text.startsWith('[') && !text.startsWith('{')) {
    return text.split(',').map((name) => ({ cluster: name.trim() }));
  }
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    problems.push('open_params of k8saudit-eks is neither a cluster name nor a list of clusters');
    return [];
  }
  return toEntries(Array.isArray(list) ? list : [list], 'open_params', problems);
}

function toEntries(list: readonly unknown[], place: string, problems: string[]): readonly Json[] {
  return list.map((entry: unknown) => {
    if (typeof entry === 'string') return { cluster: entry };
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      problems.push(`a cluster in ${place} must be a name or a mapping`);
      return {};
    }
    const json = keysOf(entry);
    const unknown = Object.keys(json).find((key) => !ENTRY_KEYS.has(key));
    if (unknown !== undefined) problems.push(`a cluster in ${place} has no setting ${unknown}`);
    return json;
  });
}

function keysOf(json: object): Json {
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [plainKey(key), value]));
}
