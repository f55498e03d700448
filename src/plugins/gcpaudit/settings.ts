// init_config of gcpaudit.

import { FALCO_SCHEMA, ownMaxEventSize, USE_ASYNC } from '../falco.js';
import { defineSettings } from '../plugin.js';
import { PUBSUB_SETTINGS } from '../pubsub.js';

export const SETTINGS = defineSettings(
  {
    ...PUBSUB_SETTINGS,
    useAsync: { ...USE_ASYNC, here: { text: 'no effect here' } },
    max_event_size: ownMaxEventSize('largest entry, bytes'),
  },
  FALCO_SCHEMA,
);
