// The plugin k8saudit-ovh: audit events of OVHcloud's clusters, from the tail of a log stream (spec: plugins.md §7).

import { AUDIT_ABOUT, AUDIT_ENVELOPE, auditLogFields, K8S_AUDIT } from '../audit-log.js';
import { FALCO_CONTACT } from '../falco.js';
import { definePlugin } from '../plugin.js';
import { decodeFrame } from './frame.js';
import { checkOvh, openOvh } from './open.js';
import { SETTINGS } from './settings.js';

export const k8sauditOvh = definePlugin({
  name: 'k8saudit-ovh',
  version: '0.6.0',
  description: '',
  contact: FALCO_CONTACT,
  settings: SETTINGS,
  source: {
    name: K8S_AUDIT,
    id: 22,
    suggestions: [{ value: 'gra1.logs.ovh.com/tail/?tk=TOKEN', description: 'address of a tail' }],
    check: checkOvh,
    open: (context) => openOvh(context),
    captured: 'frame',
    maxEventSize: ({ maxEventSize }) => maxEventSize,
  },
  envelope: { ...AUDIT_ENVELOPE, decode: decodeFrame },
  fields: auditLogFields,
  // What stands in a frame.
  marks: [
    {
      holds: [
        { at: '/_appID', string: true },
        { at: '/short_message', string: true },
      ],
      payload: (text) => JSON.stringify({ message: text }),
    },
  ],
  about: AUDIT_ABOUT,
});
