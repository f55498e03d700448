// The plugin k8saudit-aks: audit events of AKS clusters, from Event Hubs (spec: plugins.md §5).

import { AUDIT_ABOUT, AUDIT_ENVELOPE, auditLogFields, K8S_AUDIT } from '../audit-log.js';
import { FALCO_CONTACT } from '../falco.js';
import { definePlugin } from '../plugin.js';
import { decodeBody } from './body.js';
import { checkAks, openAks } from './open.js';
import { SETTINGS } from './settings.js';

export const k8sauditAks = definePlugin({
  name: 'k8saudit-aks',
  version: '0.6.0',
  description: 'Read Kubernetes Audit Events for AKS from EventHub and use blob storage as checkpoint store',
  contact: FALCO_CONTACT,
  settings: SETTINGS,
  source: {
    name: K8S_AUDIT,
    id: 21,
    suggestions: [{ value: 'default', description: 'Cluster Name' }],
    check: checkAks,
    open: (context) => openAks(context),
    captured: 'body',
    maxEventSize: ({ maxEventSize }) => maxEventSize,
  },
  envelope: { ...AUDIT_ENVELOPE, decode: decodeBody },
  fields: auditLogFields,
  marks: [
    { holds: [{ at: '/records/0/properties/log', string: true }] },
    // A record alone, as storage accounts keep them.
    {
      holds: [
        { at: '/properties/log', string: true },
        { at: '/category', string: true },
        { at: '/resourceId', string: true },
      ],
      payload: (text) => `{"records":[${text}]}`,
    },
  ],
  about: AUDIT_ABOUT,
});
