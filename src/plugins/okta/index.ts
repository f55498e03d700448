// The plugin okta: the System Log of an Okta organization (spec: plugins.md §4).

import { FALCO_CONTACT } from '../falco.js';
import { definePlugin } from '../plugin.js';
import { CARRIED, decodeEntry } from './entry.js';
import { oktaFields } from './fields.js';
import { COUNT_READS, COUNTED, countEvent, createMfaCounts } from './mfa.js';
import { checkOkta, openOkta } from './open.js';
import { SETTINGS } from './settings.js';

export const okta = definePlugin({
  name: 'okta',
  version: '0.12.0',
  description: 'Okta Log Events',
  contact: `${FALCO_CONTACT}/`,
  settings: SETTINGS,
  source: {
    name: 'okta',
    id: 7,
    check: checkOkta,
    open: openOkta,
    captured: 'entry',
    maxEventSize: (settings) => settings.max_event_size,
  },
  envelope: {
    time: { at: '/published', unreadable: 'now' },
    id: '/uuid',
    decode: decodeEntry,
    carries: CARRIED,
  },
  marks: [
    {
      holds: [
        { at: '/uuid', string: true },
        { at: '/published', string: true },
        { at: '/eventType', string: true },
        { at: '/actor' },
      ],
    },
  ],
  about: {
    user: 'okta.actor.alternateid',
    verb: 'okta.evt.type',
    name: 'okta.target.user.alternateid',
    sources: 'okta.client.ip',
    code: 'okta.result',
  },
  state: {
    create: (settings) => createMfaCounts(settings),
    see: countEvent,
    touches: COUNTED,
    reads: COUNT_READS,
  },
  fields: oktaFields,
});
