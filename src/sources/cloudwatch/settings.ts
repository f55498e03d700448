// init_config and open_params of k8saudit-eks. In: their texts (JSON; a name, names, or a JSON list; `clusters` in
// init_config is the same as a list in YAML). Out: settings for
// each cluster, or one line that says what is wrong (spec: fields-and-sources.md §4.1).

import { type ByteString, fromBytes } from '../../bytes.js';
import { objectPlace } from '../checkpoint/object-client.js';
import { LARGEST_EVENT } from '../source.js';

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

const DEFAULTS = {
  shift: 1,
  pollingInterval: 5,
  lateness: 120,
  maxEventSize: LARGEST_EVENT,
  maxCatchUp: 7 * 86_400,
  warnAfterSilence: 600,
};
const ENTRY_KEYS: ReadonlySet<string> = new Set([
  'cluster',
  'name',
  'region',
  'profile',
  'rolearn',
  'externalid',
]);

/** @param initConfig JSON object or empty */
export function readEksSettings(initConfig: ByteString, openParams: ByteString): SettingsResult {
  let init: Json;
  try {
    init = keysOf(JSON.parse(fromBytes(initConfig).trim() || '{}'));
  } catch {
    return { ok: false, error: 'init_config of k8saudit-eks is not a JSON object' };
  }
  const problems: string[] = [];
  const text = (key: string, from: Json = init): string | undefined => {
    const value = from[plainKey(key)];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return String(value);
    problems.push(`${key} must be a text`);
    return undefined;
  };
  const number = (key: string, least: number): number | undefined => {
    const value = text(key);
    if (value === undefined) return undefined;
    const parsed = Number(value);
    if (Number.isFinite(parsed) && parsed >= least) return parsed;
    problems.push(`${key} must be a number of at least ${least}, not ${value}`);
    return undefined;
  };
  const shared = {
    region: text('region'),
    profile: text('profile'),
    roleArn: text('role_arn'),
    externalId: text('external_id'),
  };
  const list = init['clusters'];
  const entries = [
    ...(list !== undefined && openParams.trim() === '' ? [] : entriesOf(fromBytes(openParams), problems)),
    ...(list === undefined ? [] : toEntries(Array.isArray(list) ? list : [list], 'clusters', problems)),
  ];
  const clusters = entries.map(
    (entry): ClusterSettings => ({
      cluster: text('cluster', entry) ?? text('name', entry) ?? '',
      region: text('region', entry) ?? shared.region,
      profile: text('profile', entry) ?? shared.profile,
      roleArn: text('role_arn', entry) ?? shared.roleArn,
      externalId: text('external_id', entry) ?? shared.externalId,
    }),
  );
  if (problems.length === 0 && (clusters.length === 0 || clusters.some(({ cluster }) => cluster === ''))) {
    problems.push("cluster name can't be empty");
  }
  const settings: EksSettings = {
    clusters,
    // 0 is the default for these two, as in the plugin.
    shift: number('shift', 0) || DEFAULTS.shift,
    pollingInterval: number('polling_interval', 0) || DEFAULTS.pollingInterval,
    lateness: number('lateness', 0) ?? DEFAULTS.lateness,
    maxEventSize: number('max_event_size', 1) ?? DEFAULTS.maxEventSize,
    requestsPerSecond: number('requests_per_second', 0.01),
    maxCatchUp: number('max_catch_up', 1) ?? DEFAULTS.maxCatchUp,
    warnAfterSilence: number('warn_after_silence', 0) ?? DEFAULTS.warnAfterSilence,
    checkpoint: checkpointOf(text('checkpoint'), problems),
    from: text('from'),
    to: text('to'),
  };
  return problems.length === 0 ? { ok: true, settings } : { ok: false, error: problems[0]! };
}

function checkpointOf(text: string | undefined, problems: string[]): string | undefined {
  const place = text === undefined ? undefined : objectPlace(text);
  if (place?.bucket === '' || place?.key === '')
    problems.push(`checkpoint must be a file or s3://bucket/key, not ${text}`);
  return text;
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

// Both camelCase and snake_case count, in any case: users mix them up.
function plainKey(key: string): string {
  return key.replaceAll('_', '').toLowerCase();
}

function keysOf(json: unknown): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError('not an object');
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [plainKey(key), value]));
}
