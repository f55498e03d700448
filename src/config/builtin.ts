// Plugins that are built in: what Falco's libraries say of themselves, and the schemas of their init_config
// (spec: cli-and-config.md §2.4, §7; fields-and-sources.md §3.7, §4.1). A leaf.

import type { ByteString } from '../bytes.js';
import {
  K8SAUDIT_EKS_KEYS,
  K8SAUDIT_EKS_OTHER,
  K8SAUDIT_KEYS,
  K8SAUDIT_OTHER,
  type OwnKey,
} from './own-keys.js';

/** The part of JSON schema that the plugins' schemas use. */
export interface PropertySchema {
  readonly type: 'string' | 'boolean' | 'integer' | 'array' | 'object';
  readonly title: string;
  readonly description: string;
  readonly default?: string | number | boolean;
}

export interface BuiltinPlugin {
  readonly name: string;
  readonly description: string;
  readonly contact: string;
  readonly version: string;
  /** Event source that it opens, with Falco's number of the plugin. */
  readonly sourcing?: { readonly id: number; readonly source: string };
  readonly extraction: boolean;
  /** What else Falco's library can do, as --list-plugins names it. */
  readonly otherCapabilities?: readonly string[];
  /** Event sources whose events it extracts fields from; undefined: all. */
  readonly fieldSources?: readonly string[];
  readonly schema?: InitSchema;
  /** Keys of init_config that only we know; their values are texts. */
  readonly ownKeys?: readonly OwnKey[];
  /** Keys of its schema that differ here. */
  readonly otherKeys?: readonly OwnKey[];
  readonly openParams?: readonly { readonly value: string; readonly description: string }[];
}

export interface InitSchema {
  /** Keywords before `definitions`, as printed by --plugin-info. */
  readonly head: Readonly<Record<string, string>>;
  /** Where the definitions stand. */
  readonly keyword: 'definitions' | '$defs';
  readonly properties: Readonly<Record<string, PropertySchema>>;
  /** Whether the schema says that other keys are fine (they are, also where it is silent). */
  readonly additionalProperties?: true;
}

const DRAFT4 = { $schema: 'http://json-schema.org/draft-04/schema#', $ref: '#/definitions/PluginConfig' };
const CONTACT = 'github.com/falcosecurity/plugins';
const K8S_AUDIT = 'k8s_audit';

const USE_ASYNC: PropertySchema = {
  type: 'boolean',
  title: 'Use async extraction',
  description: 'If true then async extraction optimization is enabled (Default: true)',
};

const K8SAUDIT: BuiltinPlugin = {
  name: 'k8saudit',
  description: 'Read Kubernetes Audit Events and monitor Kubernetes Clusters',
  contact: CONTACT,
  version: '0.18.0',
  sourcing: { id: 1, source: K8S_AUDIT },
  extraction: true,
  fieldSources: [K8S_AUDIT],
  ownKeys: K8SAUDIT_KEYS,
  otherKeys: K8SAUDIT_OTHER,
  schema: {
    head: DRAFT4,
    keyword: 'definitions',
    properties: {
      sslCertificate: {
        type: 'string',
        title: 'SSL certificate',
        description:
          'The SSL Certificate to be used with the HTTPS Webhook endpoint (Default: /etc/falco/falco.pem)',
        default: '/etc/falco/falco.pem',
      },
      useAsync: USE_ASYNC,
      maxEventSize: {
        type: 'integer',
        title: 'Maximum event size',
        description: 'Maximum size of single audit event (Default: 262144)',
        default: 262144,
      },
      webhookMaxBatchSize: {
        type: 'integer',
        title: 'Maximum webhook request size',
        description: 'Maximum size of incoming webhook POST request bodies (Default: 12582912)',
        default: 12582912,
      },
    },
    additionalProperties: true,
  },
};

function eksProperty(name: string, type: PropertySchema['type'], description: string): PropertySchema {
  return { type, title: name, description };
}

const K8SAUDIT_EKS: BuiltinPlugin = {
  name: 'k8saudit-eks',
  description: 'Read Kubernetes Audit Events for EKS from Cloudwatch Logs',
  contact: CONTACT,
  version: '0.12.0',
  sourcing: { id: 9, source: K8S_AUDIT },
  extraction: true,
  fieldSources: [K8S_AUDIT],
  ownKeys: K8SAUDIT_EKS_KEYS,
  otherKeys: K8SAUDIT_EKS_OTHER,
  openParams: [{ value: 'default', description: 'Cluster Name' }],
  schema: {
    head: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://github.com/falcosecurity/plugins/plugins/k8saudit-eks/pkg/k8sauditeks/plugin-config',
      $ref: '#/$defs/PluginConfig',
    },
    keyword: '$defs',
    properties: {
      profile: eksProperty('profile', 'string', 'The Profile to use to create the session'),
      region: eksProperty('region', 'string', 'The Region of your EKS cluster'),
      buffer_size: { ...eksProperty('buffer_size', 'integer', 'Buffer Size (default: 200)'), default: 200 },
      shift: {
        ...eksProperty('shift', 'integer', 'Time shift in past in seconds (default: 1s)'),
        default: 1,
      },
      polling_interval: {
        ...eksProperty('polling_interval', 'integer', 'Polling Interval in seconds (default: 5s)'),
        default: 5,
      },
      use_async: {
        ...eksProperty(
          'use_async',
          'boolean',
          'If true then async extraction optimization is enabled (default: true)',
        ),
        default: true,
      },
      max_event_size: {
        ...eksProperty('max_event_size', 'integer', 'Maximum size of single audit event (default: 262144)'),
        default: 262144,
      },
    },
  },
};

const JSON_PLUGIN: BuiltinPlugin = {
  name: 'json',
  description: 'implements extracting arbitrary fields from inputs formatted as JSON',
  contact: `${CONTACT}/`,
  version: '0.7.4',
  extraction: true,
  schema: {
    head: DRAFT4,
    keyword: 'definitions',
    properties: { useAsync: USE_ASYNC },
    additionalProperties: true,
  },
};

/** Falco's default configuration defines it, so it must load; audit events have no containers of the machine. */
const CONTAINER: BuiltinPlugin = {
  name: 'container',
  description: 'Accepted so that configurations which name it load; has no fields for audit events',
  contact: 'github.com/falcosecurity/plugins',
  version: '0.7.2',
  extraction: true,
  otherCapabilities: ['Event Parsing', 'Async Events'],
  fieldSources: ['syscall'],
  schema: {
    head: DRAFT4,
    keyword: 'definitions',
    properties: {
      label_max_len: {
        type: 'integer',
        title: 'Longest label',
        description: 'Longest label of a container that is kept (no effect here)',
        default: 100,
      },
      with_size: {
        type: 'boolean',
        title: 'Size',
        description: 'Whether to look up the size of containers (no effect here)',
        default: false,
      },
      hooks: {
        type: 'array',
        title: 'Hooks',
        description: 'Events of containers to listen to (no effect here)',
      },
      engines: {
        type: 'object',
        title: 'Engines',
        description: 'Container engines and their sockets (no effect here)',
      },
    },
    additionalProperties: true,
  },
};

export const BUILTIN_PLUGINS: readonly BuiltinPlugin[] = [K8SAUDIT, K8SAUDIT_EKS, JSON_PLUGIN, CONTAINER];

/** The plugin that stands in for a library: `/any/where/libk8saudit.so` is k8saudit. */
export function findBuiltin(libraryPath: ByteString): BuiltinPlugin | undefined {
  const name = /(?:^|\/)lib([^/]+)\.(?:so|dylib|dll)$/.exec(libraryPath)?.[1];
  return BUILTIN_PLUGINS.find((plugin) => plugin.name === name);
}

/** Keys count in any case and in both styles, `maxEventSize` and `max_event_size`; users mix them up. */
export function plainKey(key: string): string {
  return key.replaceAll('_', '').toLowerCase();
}

/** Whether a key of init_config is one of ours, which hold text, whatever their values look like. */
export function isOwnKey({ ownKeys = [] }: BuiltinPlugin, key: string): boolean {
  const plain = plainKey(key);
  return ownKeys.some(({ name }) => plainKey(name) === plain);
}

/** The schema as --plugin-info prints it. */
export function schemaText(schema: InitSchema): string {
  const config = {
    properties: schema.properties,
    ...(schema.additionalProperties && { additionalProperties: true }),
    type: 'object',
  };
  return JSON.stringify({ ...schema.head, [schema.keyword]: { PluginConfig: config } });
}
