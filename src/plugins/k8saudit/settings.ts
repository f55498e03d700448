// init_config of k8saudit.

import { LARGEST_EVENT } from '../../sources/source.js';
import { FALCO_SCHEMA, USE_ASYNC } from '../falco.js';
import { defineSettings, type SettingsOf } from '../plugin.js';

export const SETTINGS = defineSettings(
  {
    sslCertificate: {
      type: 'string',
      title: 'SSL certificate',
      description:
        'The SSL Certificate to be used with the HTTPS Webhook endpoint (Default: /etc/falco/falco.pem)',
      default: '/etc/falco/falco.pem',
    },
    useAsync: { ...USE_ASYNC, here: { text: 'no effect here' } },
    maxEventSize: {
      type: 'integer',
      title: 'Maximum event size',
      description: 'Maximum size of single audit event (Default: 262144)',
      default: 262144,
      here: { text: 'largest event (in Falco: 262144)', default: LARGEST_EVENT },
    },
    webhookMaxBatchSize: {
      type: 'integer',
      title: 'Maximum webhook request size',
      description: 'Maximum size of incoming webhook POST request bodies (Default: 12582912)',
      default: 12582912,
    },
    webhook_token_file: {
      type: 'string',
      own: true,
      description: 'file with the token that requests must bring',
    },
    webhook_client_ca: {
      type: 'string',
      own: true,
      description: 'authorities whose client certificates are let in',
    },
    checkpoint: {
      type: 'string',
      own: true,
      description: 'file that remembers the place in a followed file',
    },
    cluster_name: {
      type: 'string',
      own: true,
      description: 'ka.cluster.name of events that name no cluster',
    },
  },
  FALCO_SCHEMA,
);

export type AuditSettings = SettingsOf<typeof SETTINGS.properties>;
