// What failed on the way to credentials, in plain words with what to do. In: facts of an error, where credentials come
// from. Out: kind and text, or undefined where the error is about something else. Pure.

import type { FaultKind } from '../client-types.js';
import type { CredentialKind } from './credentials.js';

export interface CredentialContext {
  readonly credentials: CredentialKind;
  readonly profile: string | undefined;
  /** Named in the configuration. */
  readonly roleArn: string | undefined;
  /** AWS_ROLE_ARN. */
  readonly ambientRole: string | undefined;
}

export interface CredentialFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

type Explained = readonly [FaultKind, string];

/** A new client gets new credentials, or finds the clock corrected. */
export const EXPIRED = /Expired|RequestTimeTooSkewed|RequestInTheFuture/;
export const UNKNOWN_KEYS =
  /UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthenticationToken/;
const NO_CREDENTIALS = /CredentialsProviderError|ProviderError|TokenProviderError/;
/** Said of places that may be up a moment later: an agent that starts, a name service, a metadata service. */
const PASSING =
  /ECONNREFUSED|ECONNRESET|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|tim(ed|e) ?out|socket hang up|status(?: code)?:? (429|5\d\d)/i;

export function explainCredentials(
  { name, message, code }: CredentialFacts,
  context: CredentialContext,
): Explained | undefined {
  // No one gives others for keys that stand in the environment.
  if (EXPIRED.test(name) && context.credentials === 'keys' && !/^Request/.test(name)) {
    return [
      'configuration',
      `the AWS keys in the environment have expired (${name}): start again with new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or use credentials that are renewed (a profile, IRSA, EKS Pod Identity)`,
    ];
  }
  if (EXPIRED.test(name)) {
    return [
      'transient',
      `AWS says that the credentials or the clock are out of date (${name}); asking for new ones`,
    ];
  }
  if (UNKNOWN_KEYS.test(name)) {
    return ['configuration', `AWS does not know these credentials (${name}): ${whichCredentials(context)}`];
  }
  if (/InvalidIdentityToken|IDPCommunicationError|IDPRejectedClaim/.test(name)) return identityProvider(name);
  if (context.credentials === 'irsa' && /^(ENOENT|EACCES)$/.test(code)) {
    return [
      'configuration',
      `no AWS credentials: the token of the service account cannot be read (${message.slice(0, 200)}): check AWS_WEB_IDENTITY_TOKEN_FILE`,
    ];
  }
  if (!NO_CREDENTIALS.test(name)) return undefined;
  if (context.credentials !== 'keys' && PASSING.test(message)) {
    const where = context.credentials === 'container' ? 'the credentials agent' : 'AWS';
    return [
      'transient',
      `could not fetch AWS credentials from ${where} (${reasonIn(message)}); trying again`,
    ];
  }
  const agent =
    context.credentials === 'container'
      ? `the credentials agent refuses (${reasonIn(message)}): check the pod identity association of the service account`
      : whichCredentials(context);
  return ['configuration', `no AWS credentials: ${agent}`];
}

function identityProvider(name: string): Explained {
  return name.startsWith('IDPCommunication')
    ? ['transient', `AWS cannot reach the cluster's identity provider (${name}); trying again`]
    : [
        'configuration',
        `AWS does not take the token of the service account (${name}): check the cluster's IAM OIDC provider and the role's trust policy`,
      ];
}

function whichCredentials({ credentials, profile, ambientRole }: CredentialContext): string {
  switch (credentials) {
    case 'profile':
      return `check profile ${profile} in the AWS configuration files`;
    case 'keys':
      return 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones, AWS_SESSION_TOKEN';
    case 'irsa':
      return `check the service account's role ${ambientRole ?? ''}`.trimEnd();
    case 'container':
    case 'chain':
      return 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile, or give the service account an IAM role (IRSA or EKS Pod Identity)';
  }
}

function reasonIn(message: string): string {
  return /\bE[A-Z_]{4,}|\bstatus(?: code)?:? \d+|\b[Tt]im(?:ed|e) ?out/.exec(message)?.[0] ?? 'no answer';
}
