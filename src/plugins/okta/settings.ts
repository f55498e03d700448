// init_config of okta.

import { FALCO_SCHEMA, ownMaxEventSize, USE_ASYNC } from '../falco.js';
import { defineSettings, type SettingsOf } from '../plugin.js';

export const SETTINGS = defineSettings(
  {
    organization: {
      type: 'string',
      title: 'Okta organization',
      description: 'Name of your Okta organization: <organization>.okta.com',
      default: '',
      here: { text: 'names the organization in fields; the host too, unless url is given', default: '' },
    },
    api_token: {
      type: 'string',
      title: 'API token',
      description: 'API token to access the System Log API',
      secret: true,
    },
    cache_expiration: {
      type: 'integer',
      title: 'Cache expiration',
      description: 'Life of the counters of an actor after his last entry, in seconds (Default: 600)',
      default: 600,
      here: { text: "84600, as Falco's plugin really does", default: 84_600 },
    },
    cache_usermaxsize: {
      type: 'integer',
      title: 'Entries per user',
      description: 'Most entries that are counted of one actor (Default: 200)',
      default: 200,
    },
    refresh_interval: {
      type: 'integer',
      title: 'Refresh interval',
      description: 'Pause between two calls, in seconds (Default: 10)',
      default: 10,
    },
    useAsync: { ...USE_ASYNC, here: { text: 'no effect here' } },
    url: {
      type: 'string',
      own: true,
      description: 'address of the organization, for other domains than okta.com',
    },
    client_id: { type: 'string', own: true, description: 'OAuth client, in place of api_token' },
    private_key_file: { type: 'string', own: true, description: "PEM file with that client's private key" },
    key_id: { type: 'string', own: true, description: 'id of that key' },
    checkpoint: { type: 'string', own: true, description: 'file that remembers the place over a restart' },
    raw_entries: {
      type: 'boolean',
      own: true,
      default: false,
      description: "keep entries whole: json.value sees what Falco's plugin leaves out",
    },
    max_event_size: ownMaxEventSize('largest entry, bytes'),
    organizations: { type: 'array', own: true, description: 'more organizations, each with keys of its own' },
  },
  FALCO_SCHEMA,
);

export type OktaSettings = SettingsOf<typeof SETTINGS.properties>;
