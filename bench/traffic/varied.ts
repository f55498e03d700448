// The ordinary traffic, told apart: a third of the requests come from other callers than usual, some on behalf of others, with
// other tools and other answers. What a prefilter cannot learn by heart from a day in one cluster.

import { createRandom, type Random } from '../../demo/endpoint/random.js';
import { createTraffic } from './traffic.js';

interface TrafficEvent {
  user: { readonly username: string; readonly groups: readonly string[] };
  sourceIPs: readonly string[];
  userAgent: string;
  impersonatedUser?: { readonly username: string; readonly groups: readonly string[] };
  responseStatus: object;
}

const OTHER_CALLER = 0.3;
const IMPERSONATED = 0.03;
const FAILED = 0.05;
const OTHER_TOOL = 0.02;
const CODES = [400, 401, 403, 403, 403, 404, 404, 409, 422, 429, 500, 503];
const TOOLS = [
  'python-requests/2.31',
  'curl/8.4',
  'kubectl/v1.29',
  'Mozilla/5.0',
  'Go-http-client/2.0',
  'kube-hunter',
  'peirates',
  'nmap',
];

/** Makes an endless supply of events, as compact JSON. */
export function createVariedTraffic(seed: number): () => string {
  const [next, other] = [createTraffic(seed), createTraffic(seed + 100)];
  const random = createRandom(seed + 200);
  const eventOf = (text: string): TrafficEvent => JSON.parse(text) as TrafficEvent;
  return () => {
    const event = eventOf(next());
    if (random.unit() < OTHER_CALLER) {
      const { user, sourceIPs, userAgent } = eventOf(other());
      Object.assign(event, { user, sourceIPs, userAgent });
    }
    if (random.unit() < IMPERSONATED) {
      const { username, groups } = eventOf(other()).user;
      event.impersonatedUser = { username, groups };
    }
    vary(event, random);
    return JSON.stringify(event);
  };
}

function vary(event: TrafficEvent, random: Random): void {
  if (random.unit() < FAILED)
    event.responseStatus = { metadata: {}, status: 'Failure', code: random.pick(CODES) };
  if (random.unit() < OTHER_TOOL) event.userAgent = random.pick(TOOLS);
}
