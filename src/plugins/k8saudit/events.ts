// What k8saudit makes of events that are at hand: all of the plugin but its source, so that it needs nothing of the host.

import { AUDIT_ABOUT, AUDIT_ENVELOPE, auditLogFields, K8S_AUDIT } from '../audit-log.js';
import { FALCO_CONTACT } from '../falco.js';
import { definePlugin } from '../plugin.js';

export const auditEvents = definePlugin({
  name: 'k8saudit',
  version: '0.18.0',
  description: 'Read Kubernetes Audit Events and monitor Kubernetes Clusters',
  contact: FALCO_CONTACT,
  envelope: AUDIT_ENVELOPE,
  // Whoever reads logs knows audit events as they are.
  marks: [],
  about: AUDIT_ABOUT,
  fields: auditLogFields,
  fieldSources: [K8S_AUDIT],
});
