// open_params of the k8saudit plugin → the source it means: web hook, followed file, file, folder or standard input
// (spec: fields-and-sources.md §3.1). Errors come in Go's words, as Falco reports them.

import { stat } from 'node:fs/promises';
import type { ByteString } from '../bytes.js';
import type { Checkpoint } from './checkpoint.js';
import { inputOf, isStdin, listFolder, readLines } from './file.js';
import { type FilePlace, followFile } from './follow.js';
import { pathError } from './go-error.js';
import { systemPath } from './input.js';
import { type Batch, type Position, type Source, SourceError, type SourceLog } from './source.js';
import { serveWebhook } from './webhook.js';
import { parseWebhookUrl, unescapeUrl } from './webhook-address.js';

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
  /** PEM file with the authorities of client certificates. */
  readonly sslClientAuthority?: ByteString | undefined;
  /** File with the token that requests must bring. */
  readonly webhookTokenFile?: ByteString | undefined;
  /** Remembers the place in a followed file over restarts. */
  readonly checkpoint?: Checkpoint<FilePlace> | undefined;
  /** For `ka.cluster.name` where an event has none. */
  readonly clusterName?: ByteString | undefined;
  readonly log: SourceLog;
}

type Reader = (signal: AbortSignal) => AsyncIterable<Batch>;

// As Go's url.Parse finds it: `C:\x` has the scheme `c`, `./a:b` has none.
const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):/;

/** Opens the source that `params` name. Errors: SourceError (nothing of that kind, no such file). */
export async function openSource(params: ByteString, options: OpenOptions): Promise<Source> {
  const { name, plugin, maxEventSize, clusterName } = options;
  const scheme = SCHEME.exec(params)?.[1]?.toLowerCase();
  const batches = scheme === undefined ? await openPath(params, options) : openUrl(scheme, params, options);
  return {
    name,
    plugin,
    maxEventSize,
    ...(clusterName !== undefined && { clusterName }),
    batches,
    ...(scheme === 'file' && { commit: (position: Position) => remember(options.checkpoint, position) }),
  };
}

function openUrl(scheme: string, url: ByteString, options: OpenOptions): Reader {
  const { log, webhookMaxBatchSize: maxBody } = options;
  switch (scheme) {
    case 'http':
    case 'https': {
      const address = parseWebhookUrl(url);
      const {
        sslCertificate: certificate,
        sslClientAuthority: clientAuthority,
        webhookTokenFile: tokenFile,
      } = options;
      return (signal) =>
        serveWebhook(address, { maxBody, certificate, clientAuthority, tokenFile, log }, signal);
    }
    case 'file': {
      // As in Go, what stands before the first slash behind `file://` is a host, and has no meaning.
      const path = unescapeUrl(/^[^:]*:(?:\/\/[^/?#]*)?([^?#]*)/.exec(url)?.[1] ?? '', url);
      return (signal) =>
        followFile(path, { maxLine: maxLineOf(options), log, checkpoint: options.checkpoint }, signal);
    }
    default:
      throw new SourceError(`scheme "${scheme}" is not supported`);
  }
}

async function openPath(path: ByteString, options: OpenOptions): Promise<Reader> {
  const lines = { maxLine: maxLineOf(options), log: options.log };
  if (isStdin(path)) return (signal) => readLines([inputOf(path)], lines, signal);
  const found = await stat(systemPath(path)).catch((error: unknown) => {
    throw new SourceError(pathError('stat', path, error), { cause: error });
  });
  const inputs = (found.isDirectory() ? await listFolder(path) : [path]).map(inputOf);
  return (signal) => readLines(inputs, lines, signal);
}

// A line may hold a whole EventList, as a request may.
function maxLineOf({ maxEventSize, webhookMaxBatchSize }: OpenOptions): number {
  return Math.max(maxEventSize, webhookMaxBatchSize);
}

const MAX_CHECKPOINT = 65_536;

async function remember(checkpoint: Checkpoint<FilePlace> | undefined, position: Position): Promise<void> {
  if (checkpoint === undefined) return;
  const place = position as FilePlace;
  if (checkpoint.size() < MAX_CHECKPOINT) await checkpoint.append(place);
  else await checkpoint.replace(place);
}
