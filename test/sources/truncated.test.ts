// Events that the API server cut (audit.k8s.io/truncated) are counted, whoever looks at them: nobody, the reader that writes
// their alerts, or the rules; on their own, in lists, and in blocks.

import { expect, test } from 'vitest';
import { AUDIT_ENVELOPE } from '../../src/plugins/audit-log.js';
import { createDrops } from '../../src/sources/drops.js';
import { createUnwrapper } from '../../src/sources/unwrap.js';
import { ruleOf, rulesetsOf } from '../prefilter/support.js';

function event(verb: string, annotations: string): string {
  return `{"kind":"Event","auditID":"a","verb":"${verb}","stageTimestamp":"2026-11-30T00:00:00.000001Z","annotations":${annotations}}`;
}
const CUT = '{"authorization.k8s.io/decision":"allow","audit.k8s.io/truncated":"true"}';
const WHOLE = '{"authorization.k8s.io/decision":"allow","x":"audit.k8s.io/truncated"}';
const VERBS = ['get', 'delete', 'patch'];
const lines = VERBS.flatMap((verb) => [
  event(verb, CUT),
  event(verb, WHOLE),
  event(verb, '"audit.k8s.io/truncated"'),
  event(verb, '[]'),
  event(verb, CUT).replace('2026-11-30', '+2026-11-30'),
  event(verb, CUT).replace('"auditID":"a",', ''),
]);
/** By verb: the first, and the one without auditID. */
const EXPECTED = 2 * VERBS.length;

const { prefiltered } = rulesetsOf(
  ruleOf('D', 'ka.verb = delete', '%ka.verb') + ruleOf('P', 'ka.verb = patch', '%evt.num'),
);
const BLOCK = Buffer.from(`${lines.join('\n')}\n`, 'latin1');

test.each([
  ['texts', lines],
  ['a block', [BLOCK]],
  ['a list', [`{"kind":"EventList","items":[${lines.join(',')}]}`]],
])('%s', (_name, payloads) => {
  const drops = createDrops();
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 's',
    plugin: 'p',
    maxEventSize: 1e6,
    log: () => {},
    drops,
  });
  let written = 0;
  const prefilter = {
    prefilter: prefiltered.prefilter!,
    onPassed: () => {},
    onAlert: () => void written++,
  };
  // First without a prefilter; then with one of which nothing is known; then with one that is known.
  for (const [time, filters] of [undefined, prefilter, prefilter].entries()) {
    for (const payload of payloads) unwrap(payload, () => {}, filters);
    expect(drops.counts()).toEqual({
      dropped: [['bad_timestamp', (time + 1) * VERBS.length]],
      truncated: (time + 1) * EXPECTED,
    });
  }
  expect(written).toBeGreaterThan(0);
});
