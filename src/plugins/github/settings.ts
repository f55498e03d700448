// init_config of github.

import { FALCO_SCHEMA, ownMaxEventSize, USE_ASYNC } from '../falco.js';
import { defineSettings, type SettingsOf } from '../plugin.js';

export const SETTINGS = defineSettings(
  {
    websocketServerURL: {
      type: 'string',
      title: 'Web hook URL',
      description: 'The URL that GitHub is to call',
      default: '',
      here: { text: 'without it no hook is installed; hooks that are there already are served', default: '' },
    },
    secretsDir: {
      type: 'string',
      title: 'Directory of secrets',
      description: 'Directory with github.token, server.key and server.crt (Default: ~/.ghplugin)',
      default: '~/.ghplugin',
    },
    useHTTPs: {
      type: 'boolean',
      title: 'Use https',
      description: 'If true then the web hook is served by TLS, on port 443, else on port 80 (Default: true)',
      default: true,
    },
    useAsync: { ...USE_ASYNC, default: false, here: { text: 'no effect here' } },
    token: {
      type: 'string',
      title: 'Token',
      description: 'GitHub API token',
      secret: true,
      here: { text: 'read, behind GITHUB_PLUGIN_TOKEN; Falco never does' },
    },
    api_url: {
      type: 'string',
      own: true,
      default: 'https://api.github.com',
      description: 'address of the API, for GitHub Enterprise',
    },
    webhook_secret_file: {
      type: 'string',
      own: true,
      description:
        'file with the secret that deliveries are signed with; without it one is made up for installed hooks',
    },
    webhook_listen: {
      type: 'string',
      own: true,
      description: 'address and port to listen at, in place of all addresses and port 443 or 80',
    },
    webhook_path: {
      type: 'string',
      own: true,
      default: '',
      description: 'only path that is served (default: any)',
    },
    max_event_size: ownMaxEventSize('largest event, bytes'),
    max_body_size: {
      type: 'integer',
      own: true,
      minimum: 1,
      default: 26_214_400,
      description: 'largest request body, bytes',
    },
  },
  FALCO_SCHEMA,
);

export type GithubSettings = SettingsOf<typeof SETTINGS.properties>;
