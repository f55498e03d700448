// init_config of k8saudit-aks.

import { LARGER_EVENTS } from '../falco.js';
import { defineSettings, type SettingsOf } from '../plugin.js';

const text = (title: string, description: string) =>
  ({ type: 'string', title, description, default: '' }) as const;

export const SETTINGS = defineSettings(
  {
    event_hub_namespace_connection_string: {
      ...text('Event Hub connection string', 'Connection string of the Event Hubs namespace'),
      secret: true,
    },
    event_hub_name: text('Event Hub name', 'Name of the Event Hub'),
    blob_storage_connection_string: {
      ...text('Blob storage connection string', 'Connection string of the storage that remembers the place'),
      secret: true,
    },
    blob_storage_container_name: text(
      'Blob storage container',
      'Name of the container that remembers the place',
    ),
    rate_limit_events_per_second: {
      type: 'integer',
      title: 'Rate limit',
      description: 'Most records a second (Default: 100)',
      default: 100,
      here: { text: 'no effect here: events are read as fast as they come' },
    },
    rate_limit_burst: {
      type: 'integer',
      title: 'Rate limit burst',
      description: 'Most records at once (Default: 200)',
      default: 200,
      here: { text: 'no effect here' },
    },
    maxEventSize: {
      type: 'integer',
      title: 'Maximum event size',
      description: 'Maximum size of single audit event (Default: 262144)',
      default: 262_144,
      here: LARGER_EVENTS,
    },
    event_hub_namespace: {
      type: 'string',
      own: true,
      description: 'host of the namespace, for Entra id in place of a connection string',
    },
    consumer_group: { type: 'string', own: true, default: '$Default', description: 'consumer group' },
    start_position: {
      type: 'string',
      own: true,
      default: 'latest',
      description: 'where a start without a checkpoint begins: latest, earliest or a time',
    },
    checkpoint: {
      type: 'string',
      own: true,
      description: 'file that remembers the place, in place of blob storage',
    },
    cluster_name: {
      type: 'string',
      own: true,
      description: 'ka.cluster.name of events that name no cluster',
    },
  },
  {
    definitions: {
      head: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'https://github.com/falcosecurity/plugins/plugins/k8saudit-aks/pkg/k8sauditaks/plugin-config',
        $ref: '#/$defs/PluginConfig',
      },
      keyword: '$defs',
    },
    additionalProperties: true,
  },
);

export type AksSettings = SettingsOf<typeof SETTINGS.properties>;
