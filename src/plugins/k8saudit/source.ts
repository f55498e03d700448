// open_params of the k8saudit plugin → the source it means: web hook, followed file, file, folder or standard input
// (spec: fields-and-sources.md §3.1). Errors come in Go's words, as Falco reports them.

import { stat } from 'node:fs/promises';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import { createCheckpoint } from '../../sources/checkpoint/file.js';
import { objectPlace } from '../../sources/checkpoint/object-client.js';
import type { Checkpoint } from '../../sources/checkpoint/store.js';
import type { Drops } from '../../sources/drops.js';
import { inputOf, isStdin, listFolder } from '../../sources/files/file.js';
import { type FilePosition, followFile, isFilePosition } from '../../sources/files/follow.js';
import { systemPath } from '../../sources/files/input.js';
import { type LineLimit, limitLines } from '../../sources/files/lines.js';
import { readForms } from '../../sources/forms/read.js';
import { pathError } from '../../sources/go-error.js';
import { type Batch, type Position, type Source, SourceError, type SourceLog } from '../../sources/source.js';
import { parseWebhookUrl, unescapeUrl } from '../../sources/webhook/address.js';
import { createRefusals } from '../../sources/webhook/refusals.js';
import { AUDIT_ENVELOPE, K8S_AUDIT } from '../audit-log.js';
import type { OpenContext, OpenedSource } from '../plugin.js';
import type { AuditSettings } from './settings.js';

/** Our own settings of the source. Paths, byte strings. */
export interface OwnSettings {
  /** PEM file with the authorities whose client certificates are let in; https only. */
  readonly clientAuthority: ByteString | undefined;
  /** File with the token that requests must bring. */
  readonly tokenFile: ByteString | undefined;
  /** File that remembers the place in a followed file over restarts. */
  readonly checkpoint: ByteString | undefined;
  /** For `ka.cluster.name` where an event has none. */
  readonly clusterName: ByteString | undefined;
}

/** Settings of the plugin (`init_config`) and where it says things. Paths are byte strings. */
export interface OpenOptions {
  /** Event source that rules name. */
  readonly name: string;
  readonly plugin: string;
  /** Largest single event, bytes of compact JSON. */
  readonly maxEventSize: number;
  /** Largest request body, bytes; also the longest line of a file. */
  readonly webhookMaxBatchSize: number;
  /** PEM file with private key and certificate chain for https. */
  readonly sslCertificate: ByteString;
  /** Our own settings. */
  readonly own?: Partial<OwnSettings> | undefined;
  readonly log: SourceLog;
  /** Counts what the source itself drops: lines that are too long. */
  readonly drops?: Pick<Drops, 'add'> | undefined;
}

/** Opens what a configuration names. Errors: SourceError. */
export async function openAudit({
  settings,
  paramBytes,
  io,
}: OpenContext<AuditSettings>): Promise<OpenedSource> {
  const bytes = (text: string | undefined) => (text === undefined ? undefined : toBytes(text));
  const fault = checkCheckpoint(settings);
  if (fault !== undefined) throw new SourceError(fault);
  const source = await openSource(paramBytes, {
    name: K8S_AUDIT,
    plugin: 'k8saudit',
    maxEventSize: settings.maxEventSize,
    webhookMaxBatchSize: settings.webhookMaxBatchSize,
    sslCertificate: toBytes(settings.sslCertificate),
    own: {
      clientAuthority: bytes(settings.webhook_client_ca),
      tokenFile: bytes(settings.webhook_token_file),
      checkpoint: bytes(settings.checkpoint),
      clusterName: bytes(settings.cluster_name),
    },
    log: (level, message, kind) => io.log(level, fromBytes(message), kind),
    drops: { add: io.drop },
  });
  return { ...source, bytes: true };
}

/** A place in a file says nothing on another machine. */
export function checkCheckpoint({ checkpoint }: AuditSettings): string | undefined {
  return checkpoint === undefined || objectPlace(checkpoint) === undefined
    ? undefined
    : `init_config of k8saudit: checkpoint must be a file, not ${checkpoint}: only k8saudit-eks keeps its place in S3`;
}

/** Why open_params would not open, as far as they tell by themselves. */
export function checkParams(params: string): string | undefined {
  const scheme = SCHEME.exec(params)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') return undefined;
  if (scheme !== 'http' && scheme !== 'https') return `scheme "${scheme}" is not supported`;
  return parseWebhookUrl(params).port === undefined ? "the web hook's URL has no port" : undefined;
}

/** Whether it goes on and can wait: anything but files that are read to their end. */
export function isLive(params: string): boolean {
  return /^(?:https?|file):|^(?:-|\/dev\/stdin)$/i.test(params);
}

type Reader = (signal: AbortSignal) => AsyncIterable<Batch>;

// As Go's url.Parse finds it: `C:\x` has the scheme `c`, `./a:b` has none.
const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):/;

/** Opens the source that `params` name. Errors: SourceError (nothing of that kind, no such file). */
export async function openSource(params: ByteString, options: OpenOptions): Promise<Source> {
  const { name, plugin, maxEventSize, own: { clusterName } = {} } = options;
  const scheme = SCHEME.exec(params)?.[1]?.toLowerCase();
  const common = { name, plugin, maxEventSize, ...(clusterName !== undefined && { clusterName }) };
  switch (scheme) {
    case undefined:
      return { ...common, batches: await openPath(params, options) };
    case 'http':
    case 'https':
      return { ...common, ...openWebhook(params, options) };
    case 'file':
      return { ...common, ...openFollowed(params, options) };
    default:
      throw new SourceError(`scheme "${scheme}" is not supported`);
  }
}

function openWebhook(
  url: ByteString,
  options: OpenOptions,
): Pick<Source, 'batches' | 'shipped' | 'series' | 'summary'> {
  const { log, webhookMaxBatchSize: maxBody, sslCertificate: certificate, own = {} } = options;
  const { clientAuthority, tokenFile } = own;
  const address = parseWebhookUrl(url);
  const refusals = createRefusals({ source: options.name, path: address.path, log });
  const { maxEventSize, drops } = options;
  const envelope = AUDIT_ENVELOPE;
  const settings = {
    maxBody,
    maxEventSize,
    envelope,
    certificate,
    clientAuthority,
    tokenFile,
    refusals,
    log,
    drops,
  };
  return {
    shipped: true,
    async *batches(signal) {
      // Loaded here: who reads files needs no server.
      const { serveWebhook } = await import('../../sources/webhook/webhook.js');
      yield* serveWebhook(address, settings, signal);
    },
    series: refusals.series,
    summary: refusals.summary,
  };
}

function openFollowed(url: ByteString, options: OpenOptions): Pick<Source, 'batches' | 'commit'> {
  const { own: { checkpoint: memory } = {} } = options;
  // As in Go, what stands before the first slash behind `file://` is a host, and has no meaning.
  const path = unescapeUrl(/^[^:]*:(?:\/\/[^/?#]*)?([^?#]*)/.exec(url)?.[1] ?? '', url);
  const checkpoint = memory === undefined ? undefined : createCheckpoint(fromBytes(memory), isFilePosition);
  return {
    batches: (signal) => followFile(path, { ...limitOf(options), log: options.log, checkpoint }, signal),
    ...(checkpoint && { commit: (position: Position) => remember(checkpoint, position as FilePosition) }),
  };
}

async function openPath(path: ByteString, options: OpenOptions): Promise<Reader> {
  const { maxLine, onTooLong } = limitOf(options);
  const forms = () => ({ longest: maxLine, onTooLong });
  const read = (paths: readonly ByteString[]): Reader => {
    const inputs = paths.map((name) => ({ name, open: inputOf(name) }));
    return async function* (signal) {
      for await (const { told, position } of readForms(inputs, { forms }, signal))
        yield { payloads: told.map(({ payload }) => payload), position };
    };
  };
  if (isStdin(path)) return read([path]);
  const found = await stat(systemPath(path)).catch((error: unknown) => {
    throw new SourceError(pathError('stat', path, error), { cause: error });
  });
  return read(found.isDirectory() ? await listFolder(path) : [path]);
}

// A line may hold a whole EventList, as a request may.
function limitOf({ maxEventSize, webhookMaxBatchSize, log, drops }: OpenOptions): LineLimit {
  return limitLines(Math.max(maxEventSize, webhookMaxBatchSize), log, drops);
}

async function remember(checkpoint: Checkpoint<FilePosition>, place: FilePosition): Promise<void> {
  if (checkpoint.isFull()) await checkpoint.replace(place);
  else await checkpoint.append(place);
}
