// A request of the ordinary traffic, and its audit event as EKS's API servers write it.

import type { Body } from '../../demo/endpoint/bodies.js';
import type { Caller } from '../../demo/endpoint/callers.js';
import type { Random } from '../../demo/endpoint/random.js';
import { pathOf, type Target } from '../../demo/endpoint/requests.js';
import { levelOf } from './policy.js';

export interface Request {
  readonly caller: Caller;
  readonly verb: string;
  readonly target?: Target;
  /** Appended to the path. */
  readonly query?: string;
  /** Instead of the target's path. */
  readonly uri?: string;
  readonly code?: number;
  readonly stage?: string;
  readonly body?: unknown;
}

/** How many of 100,000 events, and how one is made. */
export type Activity = readonly [count: number, make: (random: Random) => Request];

const NAMED_BY_BODY = new Set(['create', 'list', 'watch', 'deletecollection']);

export function eventOf(random: Random, time: number, request: Request): Body {
  const { caller, verb, target, body } = request;
  const { code = verb === 'create' ? 201 : 200, stage = 'ResponseComplete' } = request;
  const level = levelOf({ verb, ...target });
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: random.uuid(),
    stage,
    requestURI: request.uri ?? path(request),
    verb,
    user: caller.user,
    sourceIPs: [caller.address],
    userAgent: caller.userAgent,
    objectRef: target && {
      resource: target.resource,
      namespace: target.namespace,
      name: target.name,
      apiGroup: target.group,
      apiVersion: 'v1',
      subresource: target.subresource,
    },
    responseStatus: status(code),
    requestObject: level === 'Metadata' ? undefined : body,
    responseObject:
      level === 'RequestResponse' && code < 300 ? { metadata: { name: target?.name ?? 'x' } } : undefined,
    requestReceivedTimestamp: timeText(time, random),
    stageTimestamp: timeText(time + 8, random),
    annotations:
      code === 401
        ? undefined
        : {
            'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow',
            'authorization.k8s.io/reason': code === 403 ? '' : caller.reason,
          },
  };
}

function path({ target, verb, query }: Request): string {
  if (target === undefined) return '/';
  const { name, ...collection } = target;
  const plain = NAMED_BY_BODY.has(verb) && target.subresource === undefined;
  return `${pathOf(plain ? collection : { ...target, ...(name === undefined ? {} : { name }) })}${query === undefined ? '' : `?${query}`}`;
}

function status(code: number): Body {
  if (code < 400) return { metadata: {}, code };
  const reason =
    { 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict' }[code] ?? 'InternalError';
  return { metadata: {}, status: 'Failure', reason, code };
}

function timeText(ms: number, random: Random): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(random.integer(1000)).padStart(3, '0')}Z`;
}
