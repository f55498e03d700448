// In: what was loaded. Out: the facts that metrics report (spec: cli-and-config.md §6.2, §6.3).

import { createRequire } from 'node:module';
import type { ByteString } from '../../bytes.js';
import type { MetricsState } from '../../metrics/state.js';
import type { RuleCounts } from '../../outputs/summary.js';
import { FALCO_VERSION } from '../arguments/versions.js';
import type { Loaded } from './loaded.js';

interface NamedContent {
  readonly name: ByteString;
  readonly content: ByteString;
}

const NANOS_PER_MS = 1e6;
const require = createRequire(import.meta.url);

export function createMetricsState(loaded: Loaded, counts: RuleCounts, drops: () => number): MetricsState {
  const { config, engine, host, rules, enabled, time } = loaded;
  return {
    version: FALCO_VERSION,
    hostname: engine.hostname,
    rules: counts,
    sources: engine.sources.filter((source) => enabled.includes(source)),
    rulesFiles: rules.files.map(withHash),
    configFiles: config.files.map(withHash),
    // timeOrigin is the start of the process, in milliseconds with fractions.
    startTime: BigInt(Math.round(performance.timeOrigin * NANOS_PER_MS)),
    reloadTime: time,
    hostInfo: config.pluginsHostinfo,
    drops,
    env: host.env,
  };
}

function withHash({ name, content }: NamedContent) {
  // Loaded here: most runs show no metrics.
  const { createHash } = require('node:crypto') as typeof import('node:crypto');
  return { name, sha256: createHash('sha256').update(content, 'latin1').digest('hex') };
}
