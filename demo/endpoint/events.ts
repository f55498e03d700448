// Generated audit events of an EKS cluster, as its API servers write them to CloudWatch Logs: the demo's workload,
// and the benchmark's. A seed repeats them; size and the share that Falco's stock rules alert on can be chosen.

import { toBytes } from '../../src/bytes.js';
import { type Body, managedFields } from './bodies.js';
import { createRandom, type Random } from './random.js';
import { ALERTING, makeRequest, pathOf, QUIET, type Request } from './requests.js';

export interface EventOptions {
  /** Default: 1. */
  readonly seed?: number;
  /** Bytes of JSON an event, on average. Default: 1250. The least is about 600. */
  readonly averageSize?: number;
  /** Share of events that the stock rules alert on, 0–1. Default: 0.1. */
  readonly alerting?: number;
  /** Time of the first event, ms since the epoch. Default: 2026-02-03T16:00:00Z. */
  readonly start?: number;
  /** Default: 50. */
  readonly eventsPerSecond?: number;
  /** API servers, each with a log stream of its own. Default: 3. */
  readonly apiServers?: number;
}

/** An audit event as a log entry. */
export interface AuditRecord {
  /** Log stream of the API server that wrote it. */
  readonly stream: string;
  /** Time of the log entry, ms since the epoch: somewhat later than the event's own. */
  readonly timestamp: number;
  /** The event as compact JSON. */
  readonly message: string;
}

/** Makes an endless supply of events. `at` (ms since the epoch) dates an event; without it, time goes on by itself. */
export function createEventGenerator(options: EventOptions = {}): (at?: number) => AuditRecord {
  const { seed = 1, averageSize = 1250, alerting = 0.1, eventsPerSecond = 50, apiServers = 3 } = options;
  const random = createRandom(seed);
  const streams = Array.from({ length: apiServers }, () => `kube-apiserver-audit-${random.hex(32)}`);
  let clock = options.start ?? Date.UTC(2026, 1, 3, 16);
  // Bytes that the events so far are ahead of the average; later ones make up for them.
  let ahead = 0;

  return (at) => {
    clock += (random.unit() * 2000) / eventsPerSecond;
    const time = at ?? clock;
    const request = makeRequest(random, random.unit() < alerting ? ALERTING : QUIET);
    const wanted = averageSize * sizeFactor(random) - ahead / 4;
    const message = eventText(random, auditEvent(random, request, time, averageSize < SMALL), wanted);
    ahead += toBytes(message).length - averageSize;
    return { stream: random.pick(streams), timestamp: Math.floor(time + 50 + random.unit() * 900), message };
  };
}

// Most events are small and a few are large, as in real logs. 1 on average.
function sizeFactor(random: Random): number {
  return random.unit() < 0.85 ? 0.55 + random.unit() * 0.3 : 1.7 + random.unit() * 2;
}

// Average below which events leave out what they can.
const SMALL = 900;

// Fills an event up to the size wanted with what makes real ones large.
function eventText(random: Random, event: Body, wanted: number): string {
  const missing = wanted - toBytes(JSON.stringify(event)).length;
  if (missing < 300) return JSON.stringify(event);
  const writes = !['get', 'list', 'watch'].includes(String(event['verb']));
  const bulk = (share: number): Body => ({
    metadata: { managedFields: managedFields(random, missing * share) },
  });
  event['level'] = 'RequestResponse';
  if (writes) event['requestObject'] = { ...bulk(0.5), ...(event['requestObject'] as Body | undefined) };
  event['responseObject'] = bulk(writes ? 0.5 : 1);
  return JSON.stringify(event);
}

// Its keys are in the order in which API servers write them.
function auditEvent(random: Random, request: Request, time: number, small: boolean): Body {
  const { caller, verb, target, code = 200, stage = 'ResponseComplete', requestObject } = request;
  const objectRef = target && {
    resource: target.resource,
    namespace: target.namespace,
    name: target.name,
    apiGroup: target.group === '' ? undefined : target.group,
    apiVersion: 'v1',
    subresource: target.subresource,
  };
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: requestObject === undefined ? 'Metadata' : 'Request',
    auditID: random.uuid(),
    stage,
    requestURI: request.uri ?? (target === undefined ? '/' : pathOf(target)),
    verb,
    user: small ? { username: caller.user['username'] } : caller.user,
    sourceIPs: [caller.address],
    userAgent: small ? undefined : caller.userAgent,
    objectRef,
    responseStatus:
      code < 400 ? { metadata: {}, code } : { metadata: {}, status: 'Failure', reason: 'NotFound', code },
    requestObject,
    responseObject: undefined,
    requestReceivedTimestamp: small ? undefined : timeText(time - random.unit() * 20, random),
    stageTimestamp: timeText(time, random),
    annotations: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': small ? undefined : caller.reason,
    },
  };
}

// API servers write microseconds.
function timeText(ms: number, random: Random): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(random.integer(1000)).padStart(3, '0')}Z`;
}
