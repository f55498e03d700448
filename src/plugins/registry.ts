// The built-in plugins: one line each. A plugin is loaded when a configuration names it; what stands here is known of it
// before, for hints: the event source that its fields are for, and what their names begin with.

import type { KnownPlugin } from './field-table.js';
import type { Plugin } from './plugin.js';

export interface BuiltIn extends KnownPlugin {
  load(): Promise<Plugin>;
}

export const BUILT_IN: readonly BuiltIn[] = [
  {
    name: 'k8saudit',
    source: 'k8s_audit',
    fields: ['ka.'],
    load: async () => (await import('./k8saudit/index.js')).k8saudit,
  },
  {
    name: 'k8saudit-eks',
    source: 'k8s_audit',
    fields: ['ka.'],
    load: async () => (await import('./k8saudit-eks/index.js')).k8sauditEks,
  },
  {
    name: 'k8saudit-gke',
    source: 'k8s_audit',
    fields: ['ka.'],
    load: async () => (await import('./k8saudit-gke/index.js')).k8sauditGke,
  },
  {
    name: 'k8saudit-aks',
    source: 'k8s_audit',
    fields: ['ka.'],
    load: async () => (await import('./k8saudit-aks/index.js')).k8sauditAks,
  },
  {
    name: 'k8saudit-ovh',
    source: 'k8s_audit',
    fields: ['ka.'],
    load: async () => (await import('./k8saudit-ovh/index.js')).k8sauditOvh,
  },
  {
    name: 'k8saudit-kafka',
    source: 'k8s_audit',
    fields: ['ka.'],
    load: async () => (await import('./k8saudit-kafka/index.js')).k8sauditKafka,
  },
  { name: 'json', fields: ['json.', 'jevt.'], load: async () => (await import('./json/index.js')).json },
  {
    name: 'cloudtrail',
    source: 'aws_cloudtrail',
    fields: ['ct.', 's3.', 'ec2.', 'ecr.', 'iam.'],
    load: async () => (await import('./cloudtrail/index.js')).cloudtrail,
  },
  {
    name: 'okta',
    source: 'okta',
    fields: ['okta.'],
    load: async () => (await import('./okta/index.js')).okta,
  },
  {
    name: 'gcpaudit',
    source: 'gcp_auditlog',
    fields: ['gcp.'],
    load: async () => (await import('./gcpaudit/index.js')).gcpaudit,
  },
  {
    name: 'github',
    source: 'github',
    fields: ['github.'],
    load: async () => (await import('./github/index.js')).github,
  },
  { name: 'container', load: async () => (await import('./container/index.js')).container },
];
