// Our rules, opened for a test: both files, as a user on EKS loads them.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openWorkspace, type Workspace } from '../../src/authoring/workspace.js';
import { type ByteString, toBytes } from '../../src/bytes.js';

export const RULES = join(import.meta.dirname, '../../rules');

export const readFile = (path: string): ByteString => readFileSync(path, 'latin1');

export function open(paths: readonly string[], enable: readonly ByteString[] = []) {
  return openWorkspace(
    paths.map((path) => ({ name: toBytes(path), content: readFile(path) })),
    { enable },
  );
}

const loaded = new Map<string, Workspace>();

/** Loads files once, whatever number of suites ask for them: a workspace keeps nothing of the events it has seen. */
export function loadRules(paths: readonly string[], enable: readonly ByteString[] = []): Workspace {
  const key = JSON.stringify([paths.map((path) => resolve(path)), enable]);
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const { workspace, results } = open(paths, enable);
  if (workspace === undefined) throw new Error(JSON.stringify(results));
  loaded.set(key, workspace);
  return workspace;
}

/** The rules for EKS: both files. */
export function loadOurRules(enable: readonly ByteString[] = []): Workspace {
  return loadRules(
    ['k8s_audit_rules.yaml', 'eks_audit_rules.yaml'].map((name) => join(RULES, name)),
    enable,
  );
}

/** Names of the rules that an event matches, in the order of the rules. Anything but an event throws. */
export function matches(workspace: Workspace, event: unknown): readonly string[] {
  const names: string[] = [];
  workspace.readEvents(
    toBytes(typeof event === 'string' ? event : JSON.stringify(event)),
    (read) => names.push(...workspace.matches(read).map(({ rule }) => rule.info.name)),
    (fault) => {
      throw new Error(fault);
    },
  );
  return names;
}

/** The same as Falco sees them, which finds nothing at the pointers of ka.set.* and its like. */
export function loadAsFalco(): Workspace {
  const files = ['k8s_audit_rules.yaml', 'eks_audit_rules.yaml'].map((name) => ({
    name,
    content: readFile(join(RULES, name)).replaceAll('[/ka.', '[/none.'),
  }));
  const { workspace, results } = openWorkspace(files);
  if (workspace === undefined) throw new Error(JSON.stringify(results));
  return workspace;
}
