// init_config of k8saudit-ovh: in Falco that of k8saudit, of which only maxEventSize has an effect.

import { FALCO_SCHEMA, LARGER_EVENTS, USE_ASYNC } from '../falco.js';
import { defineSettings, type SettingsOf } from '../plugin.js';

const NO_EFFECT = { text: 'no effect' } as const;

export const SETTINGS = defineSettings(
  {
    sslCertificate: {
      type: 'string',
      title: 'SSL certificate',
      description:
        'The SSL Certificate to be used with the HTTPS Webhook endpoint (Default: /etc/falco/falco.pem)',
      here: NO_EFFECT,
    },
    useAsync: { ...USE_ASYNC, here: NO_EFFECT },
    maxEventSize: {
      type: 'integer',
      title: 'Maximum event size',
      description: 'Maximum size of single audit event (Default: 262144)',
      default: 262_144,
      here: LARGER_EVENTS,
    },
    webhookMaxBatchSize: {
      type: 'integer',
      title: 'Maximum webhook request size',
      description: 'Maximum size of incoming webhook POST request bodies (Default: 12582912)',
      here: NO_EFFECT,
    },
    silence: {
      type: 'number',
      own: true,
      minimum: 1,
      default: 60,
      description: 'seconds without a sign of life after which the connection is made anew',
    },
    cluster_name: {
      type: 'string',
      own: true,
      description: 'ka.cluster.name of events that name no cluster',
    },
  },
  FALCO_SCHEMA,
);

export type OvhSettings = SettingsOf<typeof SETTINGS.properties>;
