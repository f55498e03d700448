// A log group of CloudWatch Logs, read with FilterLogEvents. In: region, credentials, group. Out: pages, and faults in
// plain words. The only file that knows the AWS SDK. Answers to shared/go/aws in Falco's plugins.
//
// FilterLogEvents and not GetLogEvents: it reads all streams of the group in one search, finds new streams by itself
// and gives each event an id, which "exactly once" needs. GetLogEvents needs a call a stream and has no ids.

import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  fromIni,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromTokenFile,
} from '@aws-sdk/credential-providers';
import { ClientFault, type LogClient, type LogEvent } from './client-types.js';
import { type FaultContext, toFault } from './faults.js';

export interface ClientOptions {
  readonly cluster: string;
  /** Else AWS_REGION, AWS_DEFAULT_REGION, the profile's region. */
  readonly region?: string | undefined;
  /** Named in the configuration: nothing else is asked for credentials. */
  readonly profile?: string | undefined;
  /** Role to take on with these credentials. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Streams of the API server's audit log; those of other components stand beside them in the same group. */
const AUDIT_STREAMS = 'kube-apiserver-audit';
const CONNECT_MS = 5000;
const ANSWER_MS = 60_000;

export function logGroupOf(cluster: string): string {
  return `/aws/eks/${cluster}/cluster`;
}

/** Makes a client; nothing is sent before the first read. */
export function createLogClient(options: ClientOptions): LogClient {
  const group = logGroupOf(options.cluster);
  // Its version is fixed here, so what later ones will need of Node is no news for who runs this.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const region = options.region || options.env['AWS_REGION'] || options.env['AWS_DEFAULT_REGION'];
  const client = new CloudWatchLogsClient({
    ...(region && { region }),
    ...(options.profile && { profile: options.profile }),
    ...(endpointOf(options.env) && { endpoint: endpointOf(options.env)! }),
    credentials: credentialsOf(options, region),
    // The source has its own back-off and its own count of calls.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
  });
  let serverTime: number | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const headers = (result.response as { readonly headers?: Readonly<Record<string, string>> }).headers;
      const date = Date.parse(headers?.['date'] ?? '');
      serverTime = Number.isNaN(date) ? undefined : date;
      return result;
    },
    { step: 'deserialize', name: 'serviceClock', priority: 'low' },
  );
  const context = createContext(client, group, options);

  return {
    async read(request, signal) {
      try {
        const output = await client.send(
          new FilterLogEventsCommand({
            logGroupName: group,
            logStreamNamePrefix: AUDIT_STREAMS,
            startTime: Math.max(0, request.startTime),
            ...(request.endTime !== undefined && { endTime: Math.max(0, request.endTime) }),
            ...(request.nextToken !== undefined && { nextToken: request.nextToken }),
          }),
          { abortSignal: signal },
        );
        const events: LogEvent[] = [];
        for (const event of output.events ?? []) {
          const stream = event.logStreamName ?? '';
          const { timestamp, message } = event;
          // Some stand-ins for the service ignore the prefix.
          if (timestamp === undefined || message === undefined || !stream.startsWith(AUDIT_STREAMS)) continue;
          events.push({
            id: event.eventId,
            stream,
            timestamp,
            ingestion: event.ingestionTime ?? timestamp,
            message,
          });
        }
        return { events, nextToken: output.nextToken, serverTime };
      } catch (error) {
        throw error instanceof ClientFault ? error : toFault(error, await context());
      }
    },
    close: () => client.destroy(),
  };
}

// AWS's order. The SDK's own chain asks the shared files before the web identity of a service account (IRSA), and
// lets AWS_PROFILE win over both it and the keys in the environment.
function credentialsOf(options: ClientOptions, region: string | undefined) {
  const base = options.profile ? fromIni({ profile: options.profile }) : ambientCredentials(options.env);
  if (!options.roleArn) return base;
  return fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: options.roleArn,
      RoleSessionName: 'tsfalco',
      ...(options.externalId && { ExternalId: options.externalId }),
    },
    ...(region && { clientConfig: { region } }),
  });
}

function ambientCredentials(env: ClientOptions['env']) {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = env['AWS_SESSION_TOKEN'];
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  }
  if (env['AWS_WEB_IDENTITY_TOKEN_FILE'] && env['AWS_ROLE_ARN']) return fromTokenFile();
  return fromNodeProviderChain();
}

// What the words of a fault need: region and host are known only after the SDK has looked for them.
function createContext(client: CloudWatchLogsClient, group: string, options: ClientOptions) {
  return async (): Promise<FaultContext> => ({
    group,
    cluster: options.cluster,
    region: await client.config.region().catch(() => undefined),
    profile: options.profile,
    roleArn: options.roleArn,
    endpoint: endpointOf(options.env),
  });
}

function endpointOf(env: ClientOptions['env']): string | undefined {
  return env['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'] || env['AWS_ENDPOINT_URL'];
}
