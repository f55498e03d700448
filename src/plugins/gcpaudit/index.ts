// The plugin gcpaudit: audit logs of Google Cloud, from a Pub/Sub subscription (spec: plugins.md §6).

import { FALCO_CONTACT } from '../falco.js';
import { definePlugin } from '../plugin.js';
import { checkPubSub, openPubSub } from '../pubsub.js';
import { gcpFields } from './fields.js';
import { SETTINGS } from './settings.js';

export const gcpaudit = definePlugin({
  name: 'gcpaudit',
  version: '0.8.1',
  description: 'Read GCP Audit Logs',
  contact: FALCO_CONTACT,
  settings: SETTINGS,
  source: {
    name: 'gcp_auditlog',
    id: 12,
    suggestions: [{ value: 'my-subscription', description: 'Pub/Sub subscription' }],
    check: checkPubSub,
    open: (context) => openPubSub(context),
    captured: 'data',
    maxEventSize: (settings) => settings.max_event_size,
  },
  // Every message is an event, whatever it holds, and has the time at which it is read.
  envelope: { anyText: true, id: '/insertId' },
  marks: [
    {
      holds: [
        { at: '/protoPayload/@type', is: 'type.googleapis.com/google.cloud.audit.AuditLog' },
        { at: '/insertId', string: true },
      ],
    },
  ],
  about: {
    user: 'gcp.user',
    verb: 'gcp.methodName',
    resource: 'gcp.serviceName',
    name: 'gcp.resourceName',
    sources: 'gcp.callerIP',
  },
  info: (event) => event.payload(),
  fields: gcpFields,
});
