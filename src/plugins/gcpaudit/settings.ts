// init_config of gcpaudit.

import { FALCO_SCHEMA, USE_ASYNC } from '../falco.js';
import { defineSettings } from '../plugin.js';
import { PUBSUB_SETTINGS } from '../pubsub.js';

export const SETTINGS = defineSettings(
  {
    ...PUBSUB_SETTINGS,
    useAsync: { ...USE_ASYNC, here: { text: 'no effect here' } },
    max_event_size: {
      type: 'integer',
      own: true,
      minimum: 1,
      default: 4_194_304,
      description: 'largest entry, bytes',
    },
  },
  FALCO_SCHEMA,
);
