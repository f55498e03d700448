// The plugin k8saudit: audit events of any API server, by web hook or from files (spec: fields-and-sources.md §3).

import { K8S_AUDIT } from '../audit-log.js';
import { definePlugin } from '../plugin.js';
import { auditEvents } from './events.js';
import { SETTINGS } from './settings.js';
import { checkCheckpoint, checkParams, isLive, openAudit } from './source.js';

export const k8saudit = definePlugin<typeof SETTINGS.properties>({
  ...auditEvents,
  settings: SETTINGS,
  source: {
    name: K8S_AUDIT,
    id: 1,
    check: ({ settings, params }) => checkCheckpoint(settings) ?? checkParams(params),
    live: ({ params }) => isLive(params),
    open: openAudit,
  },
});
