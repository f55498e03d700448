// The AWS SDK, the only file that loads it. It is an optional package: who only evaluates rules does without its 19 MB, and a
// run loads it with the first call. Out: its two packages, or a fault that says what to install.

import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type * as Providers from '@aws-sdk/credential-providers';
import { ClientFault } from '../client-types.js';

export type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
export type Credentials = NonNullable<Logs.CloudWatchLogsClientConfig['credentials']>;

export interface Sdk {
  readonly logs: typeof Logs;
  readonly providers: typeof Providers;
}

/** The release that tests run with. What later ones want of Node stands in package.json. */
const VERSION = '3.1169.0';

/** What is said where it is missing. */
export const SDK_MISSING = `the AWS SDK, which reads CloudWatch Logs, is not installed: npm install @aws-sdk/client-cloudwatch-logs@${VERSION} @aws-sdk/credential-providers@${VERSION} (with --global if tsfalco is)`;

/**
 * Keeps the SDK from printing what its later releases will need of Node: which release runs is chosen by who installs it. It
 * can be told only so.
 */
export function silenceSdk(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

let loaded: Promise<Sdk> | undefined;

/** Errors: ClientFault where it is not installed; it may be later. */
export function loadSdk(): Promise<Sdk> {
  loaded ??= importSdk().catch((error: unknown) => {
    loaded = undefined;
    throw isMissing(error) ? new ClientFault('configuration', SDK_MISSING, error) : error;
  });
  return loaded;
}

async function importSdk(): Promise<Sdk> {
  const [logs, providers] = await Promise.all([
    import('@aws-sdk/client-cloudwatch-logs'),
    import('@aws-sdk/credential-providers'),
  ]);
  return { logs, providers };
}

/** As import() and require() say it. */
const NOT_FOUND = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_FOUND.has(String(error.code));
}
