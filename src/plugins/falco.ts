// What the plugins of falcosecurity have in common in what they say of themselves.

import type { Setting, SettingsSchema } from './plugin.js';

export const FALCO_CONTACT = 'github.com/falcosecurity/plugins';

/** The form in which most of their schemas stand. */
export const FALCO_SCHEMA: Omit<SettingsSchema, 'properties'> = {
  definitions: {
    head: { $schema: 'http://json-schema.org/draft-04/schema#', $ref: '#/definitions/PluginConfig' },
    keyword: 'definitions',
  },
  additionalProperties: true,
};

/** Their workers have no counterpart here. */
export const USE_ASYNC = {
  type: 'boolean',
  title: 'Use async extraction',
  description: 'If true then async extraction optimization is enabled (Default: true)',
} as const satisfies Setting;
