// init_config of k8saudit-gke.

import { FALCO_SCHEMA, LARGER_EVENTS } from '../falco.js';
import { defineSettings } from '../plugin.js';
import { PUBSUB_SETTINGS } from '../pubsub.js';

export const SETTINGS = defineSettings(
  {
    ...PUBSUB_SETTINGS,
    fetch_cluster_metadata: {
      type: 'boolean',
      title: 'Fetch cluster metadata',
      description: 'If true then the labels of the cluster are added to the annotations (Default: false)',
      default: false,
      here: { text: 'no effect yet' },
    },
    cache_expiration: {
      type: 'integer',
      title: 'Cache expiration',
      description: 'How long the metadata of a cluster are kept, in minutes (Default: 10)',
      default: 10,
      here: { text: 'no effect yet' },
    },
    use_async: {
      type: 'boolean',
      title: 'Use async extraction',
      description: 'If true then async extraction optimization is enabled (Default: true)',
      default: true,
      here: { text: 'no effect here' },
    },
    max_event_size: {
      type: 'integer',
      title: 'Maximum event size',
      description: 'Maximum size of single audit event (Default: 262144)',
      default: 262_144,
      here: LARGER_EVENTS,
    },
    real_status: {
      type: 'boolean',
      own: true,
      default: false,
      description: 'responseStatus as the entry says; in Falco all calls look successful',
    },
    entry_time: {
      type: 'boolean',
      own: true,
      default: false,
      description: "the entry's own time in place of that of its arrival in the log",
    },
  },
  FALCO_SCHEMA,
);
