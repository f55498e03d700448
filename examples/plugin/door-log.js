// A plugin for tsfalco: the log of a door. Each line is `TIME DOOR PERSON granted|refused`, such as
// `2026-03-01T08:15:00Z server-room alice refused`. docs/plugins.md explains it.

import { definePlugin, defineSettings } from 'tsfalco/plugin';

const LINE = /^(\S+) (\S+) (\S+) (granted|refused)$/;

export default definePlugin({
  name: 'door-log',
  version: '1.0.0',
  description: 'Reads who opened which door',
  contact: 'doors@example.com',

  settings: defineSettings({
    building: { type: 'string', description: 'name of the building', default: 'main' },
  }),

  // Where events come from: open_params is a file or a folder.
  source: {
    name: 'door',
    open: ({ params, io }) => io.files(params),
    live: () => false,
  },

  // How a line becomes an event, which is JSON: what it must hold, and where its time is.
  envelope: {
    *decode(line, refuse) {
      const [, time, door, person, outcome] = LINE.exec(line) ?? [];
      if (time === undefined) refuse('malformed', `not a line of a door's log: ${line.slice(0, 80)}`);
      else yield { text: JSON.stringify({ time, door, person, outcome }) };
    },
    time: { at: '/time' },
  },

  // What rules can read: places in the event, or functions.
  fields: {
    'door.name': { description: 'Name of the door.', place: '/door' },
    'door.person': { description: 'Who stood at it.', place: '/person' },
    'door.outcome': { description: 'granted or refused.', place: '/outcome' },
    'door.building': {
      description: 'The building, from init_config.',
      read: (event) => event.settings?.building,
    },
    'door.at_night': {
      type: 'bool',
      description: 'Whether it was between 22 and 6 o’clock UTC.',
      read: (event) => {
        const hour = Math.floor(event.seconds / 3600) % 24;
        return hour >= 22 || hour < 6;
      },
    },
  },

  // Who did what, for tables and lists of tsfalco's tools.
  about: { user: 'door.person', verb: 'door.outcome', name: 'door.name' },

  info: (event) => `${event.text('/person')} at ${event.text('/door')}`,
});
