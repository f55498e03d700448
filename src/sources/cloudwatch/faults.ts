// What a failed call means. In: an error of the SDK. Out: its kind and one line in plain words with what to do; no key,
// token or signature gets into it. Pure.

import { ClientFault, type FaultKind } from './client-types.js';

export interface FaultContext {
  readonly group: string;
  readonly cluster: string;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly roleArn: string | undefined;
  /** Set where the environment points the SDK somewhere else. */
  readonly endpoint: string | undefined;
}

interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number;
}

const REGION =
  /^(af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)(-(gov|iso[a-z]?|de))?-(north|south)?(east|west|central)?-\d+$/;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|RequestLimit|SlowDown|BandwidthLimit/;
/** A new call gets new credentials, or finds the clock corrected. */
const EXPIRED = /Expired|RequestTimeTooSkewed|RequestInTheFuture/;
const UNKNOWN_KEYS =
  /UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthenticationToken/;
const DENIED = /AccessDenied|NotAuthorized|UnauthorizedOperation|OptInRequired/;
const NO_CREDENTIALS = /CredentialsProviderError|ProviderError|TokenProviderError/;
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ECONNABORTED)$/;

/** Error of the SDK → fault. */
export function toFault(error: unknown, context: FaultContext): ClientFault {
  const facts = factsOf(error);
  const [kind, text] = explain(facts, context);
  return new ClientFault(kind, text, error);
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
  if (EXPIRED.test(name))
    return [
      'transient',
      `AWS says that the credentials or the clock are out of date (${name}); asking for new ones`,
    ];
  if (DENIED.test(name) || (status === 403 && !UNKNOWN_KEYS.test(name)))
    return ['configuration', denied(message, context)];
  if (UNKNOWN_KEYS.test(name)) {
    return ['configuration', `AWS does not know these credentials (${name}): ${whichCredentials(context)}`];
  }
  if (NO_CREDENTIALS.test(name)) return credentials(facts, context);
  if (NETWORK.test(code) || /TimeoutError|AbortError|NetworkingError/.test(name))
    return network(facts, context);
  if (status >= 500 || status === 0) {
    const answer = status === 0 ? clean(`${name}: ${message}`) : `error ${status} (${name})`;
    return ['transient', `CloudWatch Logs${where} answered with ${answer}; trying again`];
  }
  return [
    'configuration',
    `CloudWatch Logs${where} refuses to read ${group}: ${clean(`${name}: ${message}`)}`,
  ];
}

function denied(message: string, context: FaultContext): string {
  const action = /perform: ([a-z0-9-]+:[A-Za-z*]+)/.exec(message)?.[1] ?? 'logs:FilterLogEvents';
  const who = /User: (arn:[^\s]+)/.exec(message)?.[1];
  const on =
    action === 'sts:AssumeRole' && context.roleArn !== undefined
      ? context.roleArn
      : `arn:aws:logs:${context.region ?? '*'}:*:log-group:${context.group}:*`;
  const trust = action.startsWith('sts:')
    ? ', and check that the role trusts the caller (and the external id)'
    : '';
  return `access denied${who === undefined ? '' : ` for ${who}`}: allow the IAM action ${action} on ${on}${trust}`;
}

function credentials({ message }: ErrorFacts, context: FaultContext): readonly [FaultKind, string] {
  if (/token|sts|role/i.test(message) && /fail|timed? ?out|connect|unreach/i.test(message)) {
    return ['transient', `could not fetch AWS credentials: ${clean(message)}; trying again`];
  }
  return ['configuration', `no AWS credentials: ${whichCredentials(context)}`];
}

function whichCredentials({ profile }: FaultContext): string {
  return profile !== undefined && profile !== ''
    ? `check profile ${profile} in the AWS configuration files`
    : 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile, or give the service account an IAM role (IRSA or EKS Pod Identity)';
}

function network({ name, code }: ErrorFacts, context: FaultContext): readonly [FaultKind, string] {
  const { region, endpoint } = context;
  const host = endpoint ?? `https://logs.${region ?? '?'}.amazonaws.com`;
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

function factsOf(error: unknown): ErrorFacts {
  const facts = error as {
    readonly name?: unknown;
    readonly message?: unknown;
    readonly code?: unknown;
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
  };
}
