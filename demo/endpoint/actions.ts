// The endpoint's actions: FilterLogEvents, GetLogEvents, DescribeLogGroups, DescribeLogStreams, PutLogEvents and the
// two that create groups and streams. In: a request's JSON. Out: the answer's JSON, or a RequestFault.

import type { Random } from './random.js';
import type { LogStore, Place, StoredEvent } from './store.js';
import type { Trouble } from './trouble.js';

/** A request that is refused, as the service says it. */
export class RequestFault extends Error {
  override readonly name = 'RequestFault';
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

type Json = Readonly<Record<string, unknown>>;
type Act = (action: string, request: Json) => Json;

interface Token {
  readonly behind: Place | undefined;
  /** Last events of the page before, for pages that repeat them. */
  readonly last: readonly StoredEvent[];
  readonly search: string;
}

const MAX_EVENTS = 10_000;
/** Tokens that are remembered; older ones have expired. */
const MAX_TOKENS = 1000;

export function createActions(
  store: LogStore,
  clock: () => number,
  trouble: () => Trouble,
  random: Random,
): Act {
  const tokens = new Map<string, Token>();

  function remember(token: Token): string {
    const name = random.hex(40);
    tokens.set(name, token);
    for (const oldest of tokens.keys()) {
      if (tokens.size <= MAX_TOKENS) break;
      tokens.delete(oldest);
    }
    return name;
  }

  function groupOf(request: Json): string {
    const group = text(request, 'logGroupName') ?? text(request, 'logGroupIdentifier')?.split(':').pop();
    if (group === undefined) throw new RequestFault('InvalidParameterException', 'Log group name is missing');
    if (!store.hasGroup(group)) {
      throw new RequestFault('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    return group;
  }

  function filter(request: Json): Json {
    const group = groupOf(request);
    const { nextToken, ...rest } = request;
    const search = JSON.stringify(rest);
    const token = nextToken === undefined ? undefined : tokens.get(String(nextToken));
    const expired = nextToken !== undefined && random.unit() < trouble().expiredTokens;
    if (expired || (nextToken !== undefined && token?.search !== search)) {
      throw new RequestFault('InvalidParameterException', 'The specified nextToken is invalid.');
    }
    if (random.unit() < trouble().emptyPages) {
      const again = remember(token ?? { behind: undefined, last: [], search });
      return { events: [], searchedLogStreams: [], nextToken: again };
    }
    const { events, more } = store.search({
      group,
      prefix: text(request, 'logStreamNamePrefix'),
      streams: list(request, 'logStreamNames'),
      start: number(request, 'startTime') ?? 0,
      end: number(request, 'endTime') ?? Number.POSITIVE_INFINITY,
      behind: token?.behind,
      limit: Math.min(MAX_EVENTS, number(request, 'limit') ?? MAX_EVENTS),
      now: clock(),
    });
    const repeated = random.unit() < trouble().repeats ? (token?.last ?? []) : [];
    const next = more
      ? { nextToken: remember({ behind: events.at(-1), last: events.slice(-20), search }) }
      : {};
    return { events: [...repeated, ...events].map(filtered), searchedLogStreams: [], ...next };
  }

  // Tokens say behind which event to go on; the same token again means that nothing has come since.
  function get(request: Json): Json {
    const group = groupOf(request);
    const stream = text(request, 'logStreamName') ?? '';
    const token = text(request, 'nextToken');
    const place = token === undefined ? undefined : tokens.get(token);
    if (token !== undefined && place === undefined) {
      throw new RequestFault('InvalidParameterException', 'The specified nextToken is invalid.');
    }
    const { events } = store.search({
      group,
      streams: [stream],
      start: number(request, 'startTime') ?? 0,
      end: (number(request, 'endTime') ?? Number.POSITIVE_INFINITY) - 1,
      behind: place?.behind,
      limit: Math.min(MAX_EVENTS, number(request, 'limit') ?? MAX_EVENTS),
      now: clock(),
    });
    const forward =
      events.length === 0 && token !== undefined
        ? token
        : remember({ behind: events.at(-1) ?? place?.behind, last: [], search: stream });
    const out = events.map(({ timestamp, ingestion, message }) => ({
      timestamp,
      ingestionTime: ingestion,
      message,
    }));
    return { events: out, nextForwardToken: forward, nextBackwardToken: forward };
  }

  function put(request: Json): Json {
    const group = groupOf(request);
    const stream = text(request, 'logStreamName') ?? '';
    for (const event of Array.isArray(request['logEvents']) ? (request['logEvents'] as Json[]) : []) {
      const timestamp = number(event, 'timestamp');
      const message = text(event, 'message');
      if (timestamp === undefined || message === undefined) {
        throw new RequestFault('InvalidParameterException', 'A log event needs timestamp and message');
      }
      store.put(group, { stream, timestamp, message }, clock());
    }
    return { nextSequenceToken: random.hex(20) };
  }

  return (action, request) => {
    switch (action) {
      case 'FilterLogEvents':
        return filter(request);
      case 'GetLogEvents':
        return get(request);
      case 'PutLogEvents':
        return put(request);
      case 'CreateLogGroup':
        store.createGroup(text(request, 'logGroupName') ?? '');
        return {};
      case 'CreateLogStream':
        groupOf(request);
        return {};
      case 'DescribeLogGroups': {
        const prefix = text(request, 'logGroupNamePrefix') ?? '';
        const names = store.groups().filter((name) => name.startsWith(prefix));
        return { logGroups: names.map((logGroupName) => ({ logGroupName })) };
      }
      case 'DescribeLogStreams': {
        const prefix = text(request, 'logStreamNamePrefix') ?? '';
        const names = store.streams(groupOf(request)).filter((name) => name.startsWith(prefix));
        return { logStreams: names.map((logStreamName) => ({ logStreamName })) };
      }
      default:
        throw new RequestFault('UnknownOperationException', `There is no action ${action} here`);
    }
  };
}

function filtered({ id, stream, timestamp, ingestion, message }: StoredEvent): Json {
  return { eventId: id, logStreamName: stream, timestamp, ingestionTime: ingestion, message };
}

function text(json: Json, key: string): string | undefined {
  const value = json[key];
  return typeof value === 'string' ? value : undefined;
}

function number(json: Json, key: string): number | undefined {
  const value = json[key];
  return typeof value === 'number' ? value : undefined;
}

function list(json: Json, key: string): readonly string[] | undefined {
  const value = json[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}
