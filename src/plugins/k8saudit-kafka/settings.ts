// init_config of k8saudit-kafka. Falco has no such plugin.

import type { KafkaKeys } from '../../kafka/access.js';
import { ownMaxEventSize } from '../falco.js';
import { defineSettings, type SettingsOf } from '../plugin.js';

const text = (description: string) => ({ type: 'string', default: '', description }) as const;

export const SETTINGS = defineSettings({
  brokers: text('host:port of one broker or several, with commas between them'),
  group: {
    type: 'string',
    default: 'tsfalco',
    description: 'consumer group: its workers share the partitions',
  },
  start: {
    type: 'string',
    default: 'latest',
    description:
      'where a partition begins of which the group has committed nothing: latest, earliest or a time',
  },
  exactly_once: {
    type: 'boolean',
    default: false,
    description: 'alerts to kafka_output and the place in the topic are committed in one transaction',
  },
  tls: { type: 'boolean', default: false, description: 'TLS, also without a file below' },
  tls_ca: text('PEM file with the authorities of the brokers'),
  tls_cert: text('PEM file with the certificate of this client'),
  tls_key: { ...text('PEM file with its key'), secret: true },
  sasl_mechanism: text('plain, scram-sha-256 or scram-sha-512'),
  sasl_username: text('user'),
  sasl_password: { ...text('password'), secret: true },
  sasl_password_file: text('file with the password'),
  cluster_name: text('ka.cluster.name of events that name no cluster'),
  session_timeout: {
    type: 'integer',
    default: 15,
    minimum: 1,
    description:
      'seconds without a sign of life after which the group gives the partitions of a worker to others',
  },
  max_event_size: ownMaxEventSize('largest event, bytes'),
});

export type KafkaSettings = SettingsOf<typeof SETTINGS.properties>;

/** The settings have the names of the keys. */
export const keysOf = (settings: KafkaSettings): KafkaKeys => settings;
