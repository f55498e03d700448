// A plugin of one's own in a program: the log of a door, from a file, with its rule.
//   npm run build && node --experimental-strip-types examples/plugin.ts

import { fileURLToPath } from 'node:url';
import { loadRules, openSource, watch } from 'tsfalco';
import { definePlugin, defineSettings } from 'tsfalco/plugin';

const doorLog = definePlugin({
  name: 'door-log',
  version: '1.0.0',
  description: 'Reads who opened which door',
  contact: 'doors@example.com',
  settings: defineSettings({
    building: { type: 'string', description: 'name of the building', default: 'main' },
  }),
  source: { name: 'door', open: ({ params, io }) => io.files(params), live: () => false },
  envelope: {
    *decode(line) {
      const [time, door, person, outcome] = line.split(' ');
      yield { text: JSON.stringify({ time, door, person, outcome }) };
    },
    time: { at: '/time' },
  },
  fields: {
    'door.person': { description: 'Who stood at it.', place: '/person' },
    'door.outcome': { description: 'granted or refused.', place: '/outcome' },
    'door.building': { description: 'The building.', read: (event) => event.settings?.building },
  },
});

const RULES = `
- rule: Refused at a door
  desc: Someone was not let in.
  condition: door.outcome = refused
  output: "%door.person in %door.building"
  priority: WARNING
  source: door
`;
const { ruleset, report } = loadRules(RULES, { plugins: [doorLog] });
if (ruleset === undefined) throw new Error(report);

const params = fileURLToPath(new URL('plugin/door.log', import.meta.url));
const source = await openSource(doorLog, { params, settings: { building: 'north' } });
for await (const { message } of watch(source, ruleset)) console.log(message);
