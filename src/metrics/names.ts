// In: names of rules, files and metrics. Out: names that metrics may have: characters outside A-Z a-z 0-9 _ : become
// one underscore. Answers to falco's sanitize_rule_name and libs' prometheus_sanitize_metric_name.

import type { ByteString } from '../bytes.js';

/** For snapshots: `K8s ConfigMap Created` → `K8s_ConfigMap_Created`; no underscore at the end. */
export function snapshotName(name: ByteString): string {
  return name
    .replace(/[^a-zA-Z0-9_:]/g, '_')
    .replace(/_+/g, '_')
    .replace(/_$/, '');
}

/** For label names of Prometheus: letters, digits and underscores, no digit first. */
export function labelName(name: ByteString): string {
  const clean = name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/_+/g, '_');
  return /^[a-zA-Z_]/.test(clean) ? clean : `_${clean}`;
}

/** The part of a path after the last slash. */
export function baseName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1);
}
