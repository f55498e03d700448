// The plugin k8saudit-eks: audit events of EKS clusters, from CloudWatch Logs (spec: fields-and-sources.md §4).

import { fromBytes } from '../../bytes.js';
import { AUDIT_ABOUT, AUDIT_ENVELOPE, auditLogFields, K8S_AUDIT } from '../audit-log.js';
import { FALCO_CONTACT } from '../falco.js';
import { definePlugin } from '../plugin.js';
import { readEksSettings, SETTINGS } from './settings.js';

export const k8sauditEks = definePlugin({
  name: 'k8saudit-eks',
  version: '0.12.0',
  description: 'Read Kubernetes Audit Events for EKS from Cloudwatch Logs',
  contact: FALCO_CONTACT,
  settings: SETTINGS,
  source: {
    name: K8S_AUDIT,
    id: 9,
    suggestions: [{ value: 'default', description: 'Cluster Name' }],
    check({ settings, params }) {
      const read = readEksSettings(settings, params);
      return read.ok ? undefined : read.error;
    },
    async open({ settings, params, io }) {
      // Loaded here: who reads files needs no SDK.
      const { openCloudWatchSources } = await import('./open.js');
      return openCloudWatchSources({
        ...io,
        init: settings,
        openParams: params,
        log: (level, message) => io.log(level, fromBytes(message)),
        drops: { add: io.drop },
      });
    },
  },
  envelope: AUDIT_ENVELOPE,
  fields: auditLogFields,
  // Whoever reads logs knows audit events as they are.
  marks: [],
  about: AUDIT_ABOUT,
});
