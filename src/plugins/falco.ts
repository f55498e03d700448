// What the plugins of falcosecurity have in common in what they say of themselves.

import { LARGEST_EVENT } from '../sources/source.js';
import type { PlaceField, PluginEvent, Pointer, Setting, SettingsSchema } from './plugin.js';

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

/** Their largest event, which is larger here. */
export const LARGER_EVENTS = {
  text: 'largest event (in Falco: 262144)',
  default: LARGEST_EVENT,
  minimum: 1,
} as const satisfies Setting['here'];

/** The same for those that have no such key. */
export const ownMaxEventSize = (description: string) =>
  ({
    type: 'integer',
    own: true,
    minimum: 1,
    default: LARGEST_EVENT,
    description,
  }) as const satisfies Setting;

/** A field in the manner of most of them: the text at a place; the empty one where something else stands there. */
export const textAt = (place: Pointer, description: string): PlaceField => ({
  description,
  place,
  as: 'string',
});

/** The same for readers. */
export function textOf(event: PluginEvent, pointer: Pointer): string | undefined {
  return event.string(pointer) ?? (event.json(pointer) === undefined ? undefined : '');
}
