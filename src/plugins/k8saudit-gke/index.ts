// The plugin k8saudit-gke: audit events of GKE clusters, from a Pub/Sub subscription (spec: plugins.md §1).

import { AUDIT_ABOUT, AUDIT_ENVELOPE, auditLogFields, K8S_AUDIT } from '../audit-log.js';
import { FALCO_CONTACT } from '../falco.js';
import { definePlugin } from '../plugin.js';
import { checkPubSub, openPubSub } from '../pubsub.js';
import { AUDIT_LOG, decodeEntry } from './entry.js';
import { SETTINGS } from './settings.js';

export const k8sauditGke = definePlugin({
  name: 'k8saudit-gke',
  version: '0.9.0',
  description: 'Read Kubernetes Audit Events for GKE from a Pub/Sub subscription',
  contact: FALCO_CONTACT,
  settings: SETTINGS,
  source: {
    name: K8S_AUDIT,
    id: 16,
    suggestions: [{ value: 'my-subscription', description: 'Pub/Sub subscription' }],
    check: checkPubSub,
    open: (context) => openPubSub(context),
    captured: 'data',
    maxEventSize: (settings) => settings.max_event_size,
  },
  envelope: { ...AUDIT_ENVELOPE, decode: decodeEntry },
  fields: auditLogFields,
  marks: [
    {
      holds: [
        { at: '/protoPayload/@type', is: AUDIT_LOG },
        { at: '/protoPayload/serviceName', is: 'k8s.io' },
        { at: '/resource/type', is: 'k8s_cluster' },
      ],
    },
  ],
  about: AUDIT_ABOUT,
});
