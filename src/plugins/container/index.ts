// The plugin container: Falco's default configuration defines it, so it must load; audit events have no containers of the
// machine, and nothing of it has an effect.

import { FALCO_CONTACT, FALCO_SCHEMA } from '../falco.js';
import { definePlugin, defineSettings } from '../plugin.js';

export const container = definePlugin({
  name: 'container',
  version: '0.7.2',
  description: 'Accepted so that configurations which name it load; has no fields for audit events',
  contact: FALCO_CONTACT,
  capabilities: ['Event Parsing', 'Async Events'],
  fields: {},
  fieldSources: ['syscall'],
  settings: defineSettings(
    {
      label_max_len: {
        type: 'integer',
        title: 'Longest label',
        description: 'Longest label of a container that is kept (no effect here)',
        default: 100,
      },
      with_size: {
        type: 'boolean',
        title: 'Size',
        description: 'Whether to look up the size of containers (no effect here)',
        default: false,
      },
      hooks: {
        type: 'array',
        title: 'Hooks',
        description: 'Events of containers to listen to (no effect here)',
      },
      engines: {
        type: 'object',
        title: 'Engines',
        description: 'Container engines and their sockets (no effect here)',
      },
    },
    FALCO_SCHEMA,
  ),
});
