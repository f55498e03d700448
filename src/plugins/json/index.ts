// The plugin json: any value of any event, by JSON pointer. It has no events of its own (spec: fields-and-sources.md §2).

import { FALCO_CONTACT, FALCO_SCHEMA, USE_ASYNC } from '../falco.js';
import { definePlugin, defineSettings } from '../plugin.js';
import { jsonFields } from './fields.js';

export const json = definePlugin({
  name: 'json',
  version: '0.7.4',
  description: 'implements extracting arbitrary fields from inputs formatted as JSON',
  contact: `${FALCO_CONTACT}/`,
  settings: defineSettings({ useAsync: USE_ASYNC }, FALCO_SCHEMA),
  fields: jsonFields,
  fieldSources: '*',
});
