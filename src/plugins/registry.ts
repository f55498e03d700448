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
  { name: 'json', fields: ['json.', 'jevt.'], load: async () => (await import('./json/index.js')).json },
  { name: 'container', load: async () => (await import('./container/index.js')).container },
];
