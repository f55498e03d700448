// A tool that writes rules: from a list of people to rules that are checked, tried, explained and tested.
//   npm run build && node --experimental-strip-types examples/authoring.ts

import { explain, formatRules, lintRules, listFields, loadRules, quoteText, testRules } from 'tsfalco';

const people = ['alice@example.com', 'Bob "the builder"', 'o\\neill'];

const rules = formatRules([
  { list: 'people', items: people },
  { macro: 'reads_secret', condition: 'ka.verb in (get, list) and ka.target.resource = secrets' },
  {
    rule: 'Secret Read By Person',
    desc: 'One of our people reads a secret',
    condition: `reads_secret and (ka.user.name in (people) or ka.user.name startswith ${quoteText('o\\n')})`,
    output: '%ka.user.name read %ka.target.namespace/%ka.target.name',
    priority: 'Notice',
    tags: ['k8s', 'secrets'],
  },
]);

const { ruleset, diagnostics, report } = loadRules(rules);
if (ruleset === undefined) throw new Error(report);
for (const { severity, line, column, message } of diagnostics)
  console.log(`${severity} at ${line}:${column}: ${message}`);

for (const { level, id, line, message } of lintRules(rules))
  console.log(`${level} ${id} at ${line}: ${message}`);

const event = {
  kind: 'Event',
  auditID: 'a0000000-0000-4000-8000-000000000002',
  stageTimestamp: '2024-05-01T12:00:00.123456Z',
  verb: 'get',
  user: { username: 'o\\neill' },
  objectRef: { resource: 'secrets', namespace: 'shop', name: 'token' },
};
for (const { message } of ruleset.evaluate(event).alerts) console.log(message);

const { matches, text, tree } = explain(ruleset, 'Secret Read By Person', event);
console.log(matches, text);
if ('operator' in tree) console.log(`${tree.operator} of ${tree.operands.length} parts`);

const suite = `
tests:
  - test: a person is found
    event: ${JSON.stringify(event)}
    expect: [Secret Read By Person]
  - test: others are not
    event: ${JSON.stringify(event)}
    with: {/user/username: "system:node:a"}
    expect: none
`;
for (const { test, failures, why } of testRules(suite, { rules }))
  console.log(failures.length === 0 ? `ok: ${test}` : `${test}: ${failures.join('; ')}\n${why}`);

const texts = listFields().filter(({ type, isList }) => type === 'text' && !isList);
console.log(
  `${texts.length} fields are texts, for example ${texts.find(({ name }) => name === 'ka.verb')?.description}`,
);
