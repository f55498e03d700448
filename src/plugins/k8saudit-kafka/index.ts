// The plugin k8saudit-kafka: audit events of any cluster, from Kafka or what speaks its protocol. Falco has no such plugin.

import { AUDIT_ABOUT, AUDIT_ENVELOPE, auditLogFields, K8S_AUDIT } from '../audit-log.js';
import { definePlugin } from '../plugin.js';
import { checkKafka, openKafka } from './open.js';
import { SETTINGS } from './settings.js';

export const k8sauditKafka = definePlugin({
  name: 'k8saudit-kafka',
  version: '0.1.0',
  description: 'Read Kubernetes Audit Events from Kafka topics',
  contact: 'tsfalco',
  // Rules of falcosecurity cannot name this one.
  standsFor: { name: 'k8saudit', version: '0.18.0' },
  settings: SETTINGS,
  source: {
    name: K8S_AUDIT,
    suggestions: [{ value: 'audit', description: 'Topics, with commas between them' }],
    check: checkKafka,
    open: openKafka,
    maxEventSize: ({ max_event_size }) => max_event_size,
  },
  envelope: AUDIT_ENVELOPE,
  fields: auditLogFields,
  marks: [],
  about: AUDIT_ABOUT,
});
