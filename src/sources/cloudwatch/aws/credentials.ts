// Where AWS credentials come from, in AWS's order. In: what the configuration and the environment name. Out: a provider
// for the SDK. Answers to shared/go/aws/session in Falco's plugins (spec: fields-and-sources.md §4.5).
//
// The SDK for JavaScript alone lets AWS_PROFILE and the shared files win over the keys in the environment and over the
// web identity of a service account (IRSA); and where an EKS Pod Identity agent does not answer it says only that
// nothing has credentials.

import type { Credentials, Sdk } from './sdk.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface CredentialSettings {
  /** Named in the configuration: nothing else is asked. */
  readonly profile?: string | undefined;
  /** Role to take on with these credentials. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly env: Env;
}

/** `profile` named in the configuration; `container` EKS Pod Identity or ECS; `chain` shared files, then the instance. */
export type CredentialKind = 'profile' | 'keys' | 'irsa' | 'container' | 'chain';

export function credentialKind({ profile, env }: Omit<CredentialSettings, 'roleArn'>): CredentialKind {
  if (profile) return 'profile';
  if (env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) return 'keys';
  if (env['AWS_WEB_IDENTITY_TOKEN_FILE'] && env['AWS_ROLE_ARN']) return 'irsa';
  if (env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] || env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'])
    return 'container';
  return 'chain';
}

/** A provider that starts from nothing: files are read again, nothing is remembered from another one. */
export function createCredentials(
  providers: Sdk['providers'],
  settings: CredentialSettings,
  region: string | undefined,
): Credentials {
  const base = baseOf(providers, settings);
  if (!settings.roleArn) return base;
  return providers.fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: settings.roleArn,
      RoleSessionName: 'tsfalco',
      ...(settings.externalId && { ExternalId: settings.externalId }),
    },
    ...(region && { clientConfig: { region } }),
  });
}

function baseOf(providers: Sdk['providers'], settings: CredentialSettings): Credentials {
  const { profile, env } = settings;
  switch (credentialKind(settings)) {
    case 'profile':
      return providers.fromIni({ profile: profile!, ignoreCache: true });
    case 'keys':
      return {
        accessKeyId: env['AWS_ACCESS_KEY_ID']!,
        secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
        ...(env['AWS_SESSION_TOKEN'] && { sessionToken: env['AWS_SESSION_TOKEN'] }),
      };
    case 'irsa':
      return providers.fromTokenFile({
        webIdentityTokenFile: env['AWS_WEB_IDENTITY_TOKEN_FILE']!,
        roleArn: env['AWS_ROLE_ARN']!,
        roleSessionName: env['AWS_ROLE_SESSION_NAME'] || 'tsfalco',
      });
    case 'container':
      return providers.createCredentialChain(providers.fromIni({ ignoreCache: true }), providers.fromHttp());
    case 'chain':
      return providers.fromNodeProviderChain({ ignoreCache: true });
  }
}
