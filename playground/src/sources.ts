// The event sources that the page knows: all that people have as files. An event's plugin is told by what it holds.

import { cloudtrail } from '../../src/plugins/cloudtrail/index.js';
import { createEventSources } from '../../src/plugins/event-sources.js';
import { gcpaudit } from '../../src/plugins/gcpaudit/index.js';
import { github } from '../../src/plugins/github/index.js';
import { json } from '../../src/plugins/json/index.js';
import { auditEvents } from '../../src/plugins/k8saudit/events.js';
import { k8sauditAks } from '../../src/plugins/k8saudit-aks/index.js';
import { k8sauditGke } from '../../src/plugins/k8saudit-gke/index.js';
import { okta } from '../../src/plugins/okta/index.js';
import type { Plugin } from '../../src/plugins/plugin.js';

/** Those beside the plugins that the library has by itself. */
export const PLUGINS: readonly Plugin[] = [k8sauditGke, k8sauditAks, cloudtrail, okta, gcpaudit, github];

export const SOURCES = createEventSources({ plugins: [auditEvents, json, ...PLUGINS] });

/** An event as it was written. */
export interface GivenEvent {
  readonly text: string;
  /** Whose payload it is. */
  readonly plugin: string;
}

/** What an event is whose plugin nobody has told. */
export const AUDIT_PLUGIN = auditEvents.name;
