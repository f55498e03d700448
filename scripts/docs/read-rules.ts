// Our rules files as data, for the page and for tests that hold every rule to the same form.

import { readFileSync } from 'node:fs';
import { fromBytes } from '../../src/bytes.js';
import { parseYaml, valueAt, type YamlMapping } from '../../src/yaml.js';

export interface DocumentedRule {
  readonly name: string;
  readonly description: string;
  readonly output: string;
  readonly priority: string;
  readonly tags: readonly string[];
  readonly enabled: boolean;
  /** How many exceptions wait to be filled. */
  readonly exceptions: number;
}

/** Of audit events; each has a suite of its name. */
export const RULES_FILES = [
  'k8s_audit_rules.yaml',
  'eks_audit_rules.yaml',
  'gke_audit_rules.yaml',
  'aks_audit_rules.yaml',
] as const;

/** Of other logs. */
export const OTHER_RULES_FILES = ['cloudtrail_rules.yaml', 'okta_rules.yaml', 'github_rules.yaml'] as const;

export const CORRELATION_FILE = 'k8s_correlation_rules.yaml';

/** Our correlations, in the same form. */
export const readCorrelations = (): DocumentedRule[] => readItems(CORRELATION_FILE, 'correlation');

/** @param file name in `rules/` */
export const readRules = (file: string): DocumentedRule[] => readItems(file, 'rule');

function readItems(file: string, kind: 'rule' | 'correlation'): DocumentedRule[] {
  const { documents } = parseYaml(readFileSync(new URL(`../../rules/${file}`, import.meta.url), 'latin1'));
  const items = documents.flatMap((document) => (document.kind === 'sequence' ? document.items : []));
  return items
    .filter((item): item is YamlMapping => item.kind === 'mapping' && valueAt(item, kind) !== undefined)
    .map((item) => ({
      name: scalar(item, kind),
      description: scalar(item, 'desc'),
      output: scalar(item, 'output'),
      priority: scalar(item, 'priority'),
      tags: tags(item),
      enabled: scalar(item, 'enabled') !== 'false',
      exceptions: length(item, 'exceptions'),
    }));
}

function scalar(item: YamlMapping, key: string): string {
  const node = valueAt(item, key);
  return node?.kind === 'scalar' ? fromBytes(node.text).trim().replace(/\s+/g, ' ') : '';
}

function tags(item: YamlMapping): string[] {
  const node = valueAt(item, 'tags');
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((tag) => (tag.kind === 'scalar' ? [fromBytes(tag.text)] : []));
}

function length(item: YamlMapping, key: string): number {
  const node = valueAt(item, key);
  return node?.kind === 'sequence' ? node.items.length : 0;
}
