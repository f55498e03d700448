// Evasion: each attack in every form that an API server takes, and in every spelling of it, is found by its rule; the
// same change to something harmless is not, nor is a trial or what was refused.

import { describe, expect, test } from 'vitest';
import { ATTACKS } from './evasion/attacks.js';
import { PLAIN } from './evasion/objects.js';
import { eventOf, FORMS, formsOf, needsResponse, writingsOf } from './evasion/spellings.js';
import { loadOurRules, matches } from './open-rules.js';

const workspace = loadOurRules();
const AT = '/spec/template/spec';
const PRIVILEGED = { hostPID: true, containers: [{ name: 'web', securityContext: { privileged: true } }] };
const LEVELS = ['RequestResponse', 'Request'] as const;

describe.each(ATTACKS.map((attack, i) => [`${attack.rule} (${i})`, attack] as const))(
  '%s',
  (_name, attack) => {
    test.each(formsOf(attack))('%s', (_form, form) => {
      for (const [writing, how] of writingsOf(form)) {
        for (const level of LEVELS) {
          const bad = matches(workspace, eventOf(attack, attack.bad, form, how, level));
          const good = matches(workspace, eventOf(attack, attack.good, form, how, level));
          const where = `${writing}, ${level}`;
          if (level === 'RequestResponse' || !needsResponse(attack, form))
            expect(bad, where).toContain(attack.rule);
          if (attack.good !== null) expect(good, where).not.toContain(attack.rule);
        }
      }
    });

    test.each(formsOf(attack))('not a trial, nor refused: %s', (_form, form) => {
      const trial = eventOf(attack, attack.bad, form, PLAIN, 'RequestResponse', { query: '&dryRun=All' });
      expect(matches(workspace, trial)).toEqual([]);
      const refused = eventOf(attack, attack.bad, form, PLAIN, 'RequestResponse', { code: 403 });
      expect(matches(workspace, refused)).toEqual(['Request Forbidden']);
    });
  },
);

test('all forms are taken by some attack', () => {
  expect(new Set(ATTACKS.flatMap((attack) => formsOf(attack).map(([name]) => name)))).toEqual(
    new Set(Object.keys(FORMS)),
  );
});

// What looks like an attack, and is none.
const TWINS: readonly (readonly [string, unknown, unknown])[] = [
  ['a setting removed', [{ op: 'remove', path: `${AT}/containers/0/securityContext/privileged` }], {}],
  [
    'a setting tested',
    [{ op: 'test', path: `${AT}/containers/0/securityContext/privileged`, value: true }],
    {},
  ],
  ['a setting that is null', { spec: { template: { spec: { hostPID: null } } } }, {}],
  [
    'a setting set, and taken away again',
    [
      { op: 'add', path: `${AT}/hostPID`, value: true },
      { op: 'remove', path: `${AT}/hostPID` },
    ],
    {},
  ],
  [
    'another setting of a privileged pod',
    { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } } },
    PRIVILEGED,
  ],
  [
    'a label of a privileged pod',
    [{ op: 'add', path: '/metadata/labels/privileged', value: 'true' }],
    PRIVILEGED,
  ],
  [
    'a member that the server drops',
    { spec: { template: { spec: { x: { hostPID: true, volumes: [{ hostPath: { path: '/etc' } }] } } } } },
    {},
  ],
  [
    'a word in a value',
    { spec: { template: { metadata: { annotations: { note: '{"hostPID":true,"privileged":true}' } } } } },
    {},
  ],
];

test.each(TWINS)('not %s', (_name, requestObject, spec) => {
  const event = JSON.parse(eventOf(ATTACKS[0]!, null, FORMS['merge patch']!, PLAIN, 'RequestResponse'));
  const responseObject = { kind: 'Deployment', spec: { template: { spec } } };
  expect(matches(workspace, { ...event, requestObject, responseObject })).toEqual([
    'Workload Changed By Person',
  ]);
});
