// What a failed call means. In: an error of the SDK. Out: its kind and one line in plain words with what to do; no key,
// token or signature gets into it. Pure.

import { ClientFault, type FaultKind } from '../client-types.js';
import { type CredentialContext, EXPIRED, explainCredentials, UNKNOWN_KEYS } from './credential-faults.js';

export interface FaultContext extends CredentialContext {
  readonly group: string;
  readonly cluster: string;
  readonly region: string | undefined;
  /** Set where the environment points the SDK somewhere else. */
  readonly endpoint: string | undefined;
}

interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number;
  /** Which host could not be reached, where the error says so. */
  readonly host: string | undefined;
}

const REGION =
  /^(af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)(-(gov|iso[a-z]?|de))?-(north|south)?(east|west|central)?-\d+$/;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|RequestLimit|SlowDown|BandwidthLimit/;
const DENIED = /AccessDenied|NotAuthorized|UnauthorizedOperation|OptInRequired/;
/** Codes of the system that speak of the way to a service. */
export const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ECONNABORTED)$/;

/** Error of the SDK → fault. */
export function toFault(error: unknown, context: FaultContext): ClientFault {
  const facts = factsOf(error);
  const [kind, text] = explain(facts, context);
  return new ClientFault(kind, text, error);
}

/** Whether other credentials may be had than those that were refused. */
export function isOutdated(error: unknown): boolean {
  const { name } = factsOf(error);
  return EXPIRED.test(name) || UNKNOWN_KEYS.test(name);
}

function explain(facts: ErrorFacts, context: FaultContext): readonly [FaultKind, string] {
  const { name, message, code, status } = facts;
  const { group, cluster, region } = context;
  const where = region === undefined ? '' : ` in region ${region}`;
  if (THROTTLED.test(name) || status === 429) {
    return ['throttled', `CloudWatch Logs throttles our calls${where} (${name}); slowing down`];
  }
  if (/Region is missing/i.test(message)) {
    return [
      'configuration',
      'no AWS region: set region in init_config, or AWS_REGION, or region in the AWS profile',
    ];
  }
  if (name === 'ResourceNotFoundException') {
    return [
      'configuration',
      `log group ${group} does not exist${where}: check the cluster name and region, and that audit logging of the control plane is on (aws eks update-cluster-config --name ${cluster} --logging '{"clusterLogging":[{"types":["audit"],"enabled":true}]}')`,
    ];
  }
  if (name === 'InvalidParameterException' && /token/i.test(message)) {
    return ['token', 'CloudWatch Logs no longer takes the page token; reading the window again'];
  }
  const aboutCredentials = explainCredentials(facts, context);
  if (aboutCredentials !== undefined) return aboutCredentials;
  if (DENIED.test(name) || status === 403) return ['configuration', denied(message, context)];
  if (NETWORK.test(code) || /TimeoutError|AbortError|NetworkingError/.test(name))
    return network(facts, context);
  // A proxy's page instead of an answer passes as well.
  if (status >= 500 || status < 400) {
    const answer = status < 400 ? clean(`${name}: ${message}`) : `error ${status} (${name})`;
    return ['transient', `CloudWatch Logs${where} answered with ${answer}; trying again`];
  }
  return [
    'configuration',
    `CloudWatch Logs${where} refuses to read ${group}: ${clean(`${name}: ${message}`)}`,
  ];
}

function denied(message: string, context: FaultContext): string {
  const action = /perform:? ([a-z0-9-]+:[A-Za-z*]+)/.exec(message)?.[1] ?? 'logs:FilterLogEvents';
  const who = /User: (arn:[^\s]+)/.exec(message)?.[1];
  const role = action.startsWith('sts:') ? (context.roleArn ?? context.ambientRole) : undefined;
  const on =
    role !== undefined
      ? role
      : `arn:${partitionOf(context.region)}:logs:${context.region ?? '*'}:*:log-group:${context.group}:*`;
  const trust = action.startsWith('sts:')
    ? ', and check that the role trusts the caller (and the external id)'
    : '';
  return `access denied${who === undefined ? '' : ` for ${who}`}: allow the IAM action ${action} on ${on}${trust}`;
}

function network(
  { name, code, host: named }: ErrorFacts,
  context: FaultContext,
): readonly [FaultKind, string] {
  const { region, endpoint } = context;
  const host =
    endpoint ??
    (named && `https://${named}`) ??
    `https://logs.${region ?? '?'}.amazonaws.com${partitionOf(region) === 'aws-cn' ? '.cn' : ''}`;
  if (code === 'ENOTFOUND' && endpoint === undefined && region !== undefined && !REGION.test(region)) {
    return [
      'configuration',
      `there is no AWS region ${region}: set region in init_config, for example us-east-1`,
    ];
  }
  const reason: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection reset',
    ENOTFOUND: 'host not found',
    EAI_AGAIN: 'name service does not answer',
  };
  return ['transient', `cannot reach ${withoutLogin(host)}: ${reason[code] ?? (code || name)}; trying again`];
}

function partitionOf(region: string | undefined): string {
  if (region?.startsWith('cn-')) return 'aws-cn';
  return region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function withoutLogin(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

/** First line, short, without what looks like a key or a token. */
function clean(message: string): string {
  const line = message.split('\n', 1)[0]!;
  return line
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{8,}\b/g, '<key>')
    .replace(/[A-Za-z0-9+/=_-]{32,}/g, '<hidden>')
    .slice(0, 300);
}

/** What is known of an error of the SDK, of whatever service. */
export function factsOf(error: unknown): ErrorFacts {
  const facts = error as {
    readonly name?: unknown;
    readonly message?: unknown;
    readonly code?: unknown;
    readonly hostname?: unknown;
    readonly errors?: readonly unknown[];
    readonly cause?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  // A host with several addresses fails with one error for each.
  const first = facts.errors?.[0] as { readonly code?: unknown } | undefined;
  const cause = facts.cause as { readonly code?: unknown } | undefined;
  return {
    name: String(facts.name ?? 'Error'),
    message: String(facts.message ?? ''),
    code: String(facts.code ?? first?.code ?? cause?.code ?? ''),
    status: facts.$metadata?.httpStatusCode ?? 0,
    host: typeof facts.hostname === 'string' ? facts.hostname : undefined,
  };
}
