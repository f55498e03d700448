// A log group of CloudWatch Logs, read with FilterLogEvents. In: region, credentials, group. Out: pages, and faults in
// plain words. Answers to shared/go/aws in Falco's plugins.
//
// FilterLogEvents and not GetLogEvents: it reads all streams of the group in one search, finds new streams by itself
// and gives each event an id, which "exactly once" needs. GetLogEvents needs a call a stream and has no ids.

import { Readable } from 'node:stream';
import {
  ClientFault,
  type LogClient,
  type LogEvent,
  type LogPage,
  type LogRequest,
} from '../client-types.js';
import { rawPage } from '../raw-page.js';
import { createBodies, limited } from './body.js';
import { askCaller, tokenService } from './caller.js';
import { type CredentialSettings, createCredentials, credentialKind } from './credentials.js';
import { createDirectCalls } from './direct.js';
import { type FaultContext, isOutdated, toFault } from './faults.js';
import { type CloudWatchLogsClient, type FilteredLogEvent, loadSdk, type Sdk, silenceSdk } from './sdk.js';

export interface ClientOptions extends CredentialSettings {
  readonly cluster: string;
  /** Else AWS_REGION, AWS_DEFAULT_REGION, the profile's region. */
  readonly region?: string | undefined;
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
  const bodies = createBodies();
  const direct = createDirectCalls();
  silenceSdk();
  let making: Promise<CloudWatchLogsClient> | undefined;
  const made = (): Promise<CloudWatchLogsClient> =>
    (making ??= loadSdk().then(
      (sdk) => createSdkClient(sdk, options),
      (error) => {
        making = undefined;
        throw error;
      },
    ));

  async function fault(error: unknown): Promise<ClientFault> {
    if (error instanceof ClientFault) return error;
    const client = await made();
    const context = await contextOf(client, group, options);
    // The SDK keeps credentials until the time that it was told; another client asks for new ones.
    if (isOutdated(error)) {
      client.destroy();
      making = undefined;
    }
    return toFault(error, context);
  }

  async function callerOf(
    client: CloudWatchLogsClient,
    region: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const service = tokenService(region, options.env, client.config.endpoint !== undefined);
    return service && askCaller(await client.config.credentials(), region, service, signal);
  }

  // The page of an answer that is as the service writes it. Otherwise what is left of the answer is for the SDK.
  async function readPage(response: Answer, { known }: LogRequest): Promise<LogPage | undefined> {
    const { body, statusCode } = response;
    if (!(body instanceof Readable)) return undefined;
    if (statusCode !== 200) {
      response.body = limited(body);
      return undefined;
    }
    return bodies.collect(body, (bytes) => {
      const page = rawPage(bytes, AUDIT_STREAMS, known);
      if (page === undefined) response.body = Buffer.from(bytes);
      return page && { ...page, serverTime: timeOf(response) };
    });
  }

  // Asks by the SDK, or lets it read an answer that is there.
  async function readBySdk(
    client: CloudWatchLogsClient,
    request: LogRequest,
    signal: AbortSignal,
    answer: Answer | undefined,
  ): Promise<LogPage> {
    const { logs } = await loadSdk();
    const command = new logs.FilterLogEventsCommand(toInput(group, request));
    let serverTime: number | undefined;
    let page: LogPage | undefined;
    command.middlewareStack.add(
      (next) => async (args) => {
        if (answer === undefined) direct.learn(client, args.request);
        const result = answer === undefined ? await next(args) : { response: answer };
        const response = result.response as Answer;
        serverTime = timeOf(response);
        if (answer === undefined) page = await readPage(response, request);
        if (page !== undefined) response.body = NOTHING;
        return result as Awaited<ReturnType<typeof next>>;
      },
      { step: 'deserialize', name: 'answer', priority: 'low' },
    );
    const { events, nextToken } = await client.send(command, { abortSignal: signal });
    return page ?? { ...toEvents(events ?? []), nextToken: nextToken || undefined, serverTime };
  }

  return {
    async describe(signal) {
      const client = await made().catch(() => undefined);
      const region = await client?.config.region().catch(() => undefined);
      const caller = client && region && (await callerOf(client, region, signal).catch(() => undefined));
      return { group, region, caller: caller || undefined };
    },
    async read(request, signal) {
      const client = await made();
      try {
        const answer = await direct.send(client, toInput(group, request), signal);
        const response = answer?.response as Answer | undefined;
        const page = response && (await readPage(response, request));
        return page ?? (await readBySdk(client, request, signal, response));
      } catch (error) {
        throw await fault(error);
      }
    },
    close: () =>
      void making?.then(
        (client) => client.destroy(),
        () => {},
      ),
  };
}

/** What is used of an answer of the SDK's HTTP client. */
interface Answer {
  readonly headers?: Readonly<Record<string, string>>;
  readonly statusCode?: number;
  body?: unknown;
}

const NOTHING = Buffer.from('{}');

function timeOf({ headers }: Answer): number | undefined {
  const date = Date.parse(headers?.['date'] ?? '');
  return Number.isNaN(date) ? undefined : date;
}

function createSdkClient({ logs, providers }: Sdk, options: ClientOptions): CloudWatchLogsClient {
  const { env, profile } = options;
  const region = options.region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  const endpoint = endpointOf(env);
  return new logs.CloudWatchLogsClient({
    ...(region && { region }),
    ...(profile && { profile }),
    ...(endpoint && { endpoint }),
    credentials: createCredentials(providers, options, region),
    // The source has its own back-off and its own count of calls.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
  });
}

function toInput(group: string, { startTime, endTime, nextToken }: LogRequest) {
  return {
    logGroupName: group,
    logStreamNamePrefix: AUDIT_STREAMS,
    startTime: Math.max(0, startTime),
    ...(endTime !== undefined && { endTime: Math.max(0, endTime) }),
    ...(nextToken !== undefined && { nextToken }),
  };
}

// What an answer holds is not believed: an event without a time or a text is counted, and harms nothing.
function toEvents(answered: readonly FilteredLogEvent[]): Pick<LogPage, 'events' | 'damaged'> {
  const events: LogEvent[] = [];
  let damaged = 0;
  for (const event of answered) {
    const { eventId, logStreamName, timestamp, ingestionTime, message } = event ?? {};
    // Some stand-ins for the service ignore the prefix.
    const stream = typeof logStreamName === 'string' ? logStreamName : '';
    if (stream !== '' && !stream.startsWith(AUDIT_STREAMS)) continue;
    if (!isTime(timestamp) || typeof message !== 'string') damaged++;
    else
      events.push({
        id: typeof eventId === 'string' && eventId !== '' ? eventId : undefined,
        stream,
        timestamp,
        ingestion: isTime(ingestionTime) ? ingestionTime : timestamp,
        message,
      });
  }
  return { events, damaged };
}

function isTime(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && value! >= 0;
}

// What the words of a fault need: region and host are known only after the SDK has looked for them.
async function contextOf(
  client: CloudWatchLogsClient,
  group: string,
  options: ClientOptions,
): Promise<FaultContext> {
  return {
    group,
    cluster: options.cluster,
    region: await client.config.region().catch(() => undefined),
    profile: options.profile,
    roleArn: options.roleArn,
    credentials: credentialKind(options),
    ambientRole: options.env['AWS_ROLE_ARN'],
    endpoint: endpointOf(options.env),
  };
}

function endpointOf(env: ClientOptions['env']): string | undefined {
  return env['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'] || env['AWS_ENDPOINT_URL'];
}
