// open_params of the k8saudit plugin → the source it means: web hook, followed file, file, folder or standard input
// (spec: fields-and-sources.md §3.1). Errors come in Go's words, as Falco reports them.

import { stat } from 'node:fs/promises';
import { type ByteString, fromBytes } from '../bytes.js';
import type { AuditSettings } from './audit-settings.js';
import { createCheckpoint } from './checkpoint/file.js';
import type { Checkpoint } from './checkpoint/store.js';
import type { Drops } from './drops.js';
import { inputOf, isStdin, listFolder } from './files/file.js';
import { type FilePosition, followFile, isFilePosition } from './files/follow.js';
import { systemPath } from './files/input.js';
import { type LineLimit, limitLines } from './files/lines.js';
import { readForms } from './forms/read.js';
import { pathError } from './go-error.js';
import { type Batch, type Position, type Source, SourceError, type SourceLog } from './source.js';
import { parseWebhookUrl, unescapeUrl } from './webhook/address.js';
import { createRefusals } from './webhook/refusals.js';

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
  readonly own?: Partial<AuditSettings> | undefined;
  readonly log: SourceLog;
  /** Counts what the source itself drops: lines that are too long. */
  readonly drops?: Drops | undefined;
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
  const settings = { maxBody, maxEventSize, certificate, clientAuthority, tokenFile, refusals, log, drops };
  return {
    shipped: true,
    async *batches(signal) {
      // Loaded here: who reads files needs no server.
      const { serveWebhook } = await import('./webhook/webhook.js');
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
    return (signal) => readForms(inputs, { forms }, signal);
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
