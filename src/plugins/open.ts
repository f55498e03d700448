// In: a plugin with its settings, open_params, and what the host offers. Out: the sources that it opens, as the run loop
// takes them; or the source of a replay, which every plugin has: `replay:<file>`.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { createCheckpoint } from '../sources/checkpoint/file.js';
import type { Drops } from '../sources/drops.js';
import { inputOf, isStdin, listFolder } from '../sources/files/file.js';
import { type FilePosition, followFile, isFilePosition } from '../sources/files/follow.js';
import { systemPath } from '../sources/files/input.js';
import { limitLines, payloadTexts } from '../sources/files/lines.js';
import { readLines } from '../sources/files/read-lines.js';
import { createLogBudget } from '../sources/log-budget.js';
import {
  type Batch,
  LARGEST_EVENT,
  type Payload,
  type Position,
  type Source,
  SourceError,
  type SourceLog,
} from '../sources/source.js';
import { faultText } from './faults.js';
import type { OpenContext, OpenedSource, Plugin, PluginSource, SourceIo } from './plugin.js';
import { createMask, type Mask, maskedError } from './secrets.js';

export interface OpenOptions {
  readonly plugin: Plugin;
  readonly settings: unknown;
  /** open_params. */
  readonly params: ByteString;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets byte strings. */
  readonly log: SourceLog;
  readonly drops?: Drops | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly stopTimeout?: number | undefined;
}

/** Longest line of files, where nothing else is said, bytes. */
const LONGEST_LINE = 16 * 1024 * 1024;
const STOP_SECONDS = 3;
const REPLAY = 'replay:';

/** Whether open_params name captured payloads in a file. */
export const isReplay = (params: ByteString): boolean => params.startsWith(REPLAY);

/** Opens the sources of a plugin. What they say holds none of its secrets. Errors: SourceError. */
export async function openSources(given: OpenOptions): Promise<readonly Source[]> {
  const mask = createMask(given.plugin, given.settings);
  const log: SourceLog = (level, message, kind) => given.log(level, mask(message), kind);
  try {
    const sources = await openAll({ ...given, log });
    return sources.map((source) => ({
      ...source,
      batches: (signal) => masked(source.batches(signal), mask),
    }));
  } catch (error) {
    throw maskedError(error, mask);
  }
}

async function* masked(batches: AsyncIterable<Batch>, mask: Mask): AsyncGenerator<Batch> {
  try {
    yield* batches;
  } catch (error) {
    throw maskedError(error, mask);
  }
}

async function openAll(options: OpenOptions): Promise<readonly Source[]> {
  const { plugin, params } = options;
  const own = plugin.source as PluginSource<unknown> | undefined;
  if (own === undefined) throw new SourceError(`the plugin ${plugin.name} brings no events`);
  const context = contextOf(options);
  const opened = isReplay(params)
    ? { ...replay(own, params.slice(REPLAY.length), context), ...sizeOf(own, options.settings) }
    : await own.open(context);
  const all = Array.isArray(opened) ? (opened as readonly OpenedSource[]) : [opened as OpenedSource];
  return all.map((each) => toSource(each, plugin.name, own, context, options.log));
}

function contextOf(options: OpenOptions): OpenContext<unknown> {
  const { settings, params, env, drops, from, to, stopTimeout = STOP_SECONDS } = options;
  const log = boundedLog(options.log);
  const limit = (maxLine: number) => limitLines(maxLine, log, drops);
  const io: SourceIo = {
    env,
    log,
    drop: (reason, count) => drops?.add(reason, count),
    from,
    to,
    stopTimeout,
    files: (path, { maxLine = LONGEST_LINE } = {}) => readFiles(toBytes(path), limit(maxLine)),
    follow(path, { maxLine = LONGEST_LINE, checkpoint: memory } = {}) {
      const checkpoint = memory === undefined ? undefined : createCheckpoint(memory, isFilePosition);
      return {
        bytes: true,
        batches: (signal) =>
          followFile(toBytes(path), { ...limit(maxLine), log: options.log, checkpoint }, signal),
        ...(checkpoint && {
          commit: (position: Position) =>
            checkpoint.isFull()
              ? checkpoint.replace(position as FilePosition)
              : checkpoint.append(position as FilePosition),
        }),
      };
    },
    remember: createMemory,
  };
  return { settings, params: fromBytes(params), paramBytes: params, io };
}

function readFiles(path: ByteString, limit: Parameters<typeof readLines>[1]): OpenedSource {
  return {
    bytes: true,
    async *batches(signal) {
      const { stat } = await import('node:fs/promises');
      const folder = !isStdin(path) && (await stat(systemPath(path)).catch(() => undefined))?.isDirectory();
      const paths = folder ? await listFolder(path) : [path];
      yield* readLines(paths.map(inputOf), limit, signal);
    },
  };
}

/** Whatever a source says, and however often, fills no disk: of each kind 64 KiB at once, then 5 MB a day. */
function boundedLog(log: SourceLog): SourceLog {
  const supply = createLogBudget(log, { bytes: 65_536, bytesPerSecond: 64 });
  return (level, message, kind) => supply.log(level, toBytes(message), kind);
}

/** A value in a file of its own: of the checkpoint's records the last one counts. */
function createMemory(file: string): ReturnType<SourceIo['remember']> {
  const checkpoint = createCheckpoint(
    file,
    (value): value is { readonly value: unknown } =>
      typeof value === 'object' && value !== null && 'value' in value,
  );
  return {
    async load() {
      return (await checkpoint.load()).records.at(-1)?.value;
    },
    save: (value) => checkpoint.replace({ value }),
  };
}

function sizeOf(own: PluginSource<unknown>, settings: unknown): Pick<OpenedSource, 'maxEventSize'> {
  return own.maxEventSize === undefined ? {} : { maxEventSize: own.maxEventSize(settings) };
}

/** Lines that were captured, each a payload. */
function replay(own: PluginSource<unknown>, path: ByteString, { io }: OpenContext<unknown>): OpenedSource {
  const { captured } = own;
  const lines = io.files(fromBytes(path));
  if (captured === undefined) return lines;
  const payloadOf = typeof captured === 'string' ? memberOf(captured) : captured;
  return {
    async *batches(signal) {
      for await (const { payloads, position } of lines.batches(signal)) {
        const texts: string[] = [];
        for (const line of payloads.flatMap(payloadTexts)) {
          try {
            for (const text of [payloadOf(fromBytes(line))].flat()) texts.push(text);
          } catch (error) {
            io.drop('malformed');
            io.log('error', `a captured line: ${faultText(error)}`);
          }
        }
        yield { payloads: texts, position };
      }
    },
  };
}

function memberOf(name: string): (line: string) => string {
  return (line) => {
    const value = (JSON.parse(line) as Readonly<Record<string, unknown>> | null)?.[name];
    if (typeof value !== 'string') throw new TypeError(`it has no text ${name}`);
    return value;
  };
}

function toSource(
  opened: OpenedSource,
  plugin: string,
  own: PluginSource<unknown>,
  context: OpenContext<unknown>,
  log: SourceLog,
): Source {
  const { maxEventSize = LARGEST_EVENT, clusterName, labels, shipped } = opened;
  return {
    name: own.name,
    plugin,
    maxEventSize,
    ...(clusterName !== undefined && { clusterName: opened.bytes ? clusterName : toBytes(clusterName) }),
    settings: context.settings,
    ...(labels && { labels }),
    ...(shipped !== undefined && { shipped }),
    batches: (signal) => batchesOf(opened, own, context, log, signal),
    ...(opened.commit && { commit: (position: Position) => opened.commit?.(position) }),
    ...(opened.beside && { beside: opened.beside }),
    ...(opened.permit && { permit: () => opened.permit!() }),
    ...(opened.carrier && { carrier: opened.carrier }),
    ...(opened.progress && { progress: () => opened.progress!() }),
    ...(opened.summary && { summary: () => opened.summary?.() ?? [] }),
    ...(opened.series && { series: () => opened.series?.() ?? [] }),
  };
}

/** The batches of a source, between what it sets up and tears down, as byte strings, with what was looked up for them. */
async function* batchesOf(
  opened: OpenedSource,
  own: PluginSource<unknown>,
  context: OpenContext<unknown>,
  log: SourceLog,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  try {
    await opened.setUp?.(signal);
    for await (const batch of opened.batches(signal)) {
      if (own.enrich === undefined) yield opened.bytes ? batch : encoded(batch);
      else yield await enriched(batch, opened.bytes === true, own, context, signal);
    }
  } finally {
    await tearDown(opened, log);
  }
}

/** What setUp did must not outlive the run, but no far end may hold the run up. */
const MOST_TEAR_DOWN_MS = 5000;

async function tearDown({ tearDown: run }: OpenedSource, log: SourceLog): Promise<void> {
  if (run === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the far end does not answer')), MOST_TEAR_DOWN_MS);
  });
  try {
    await Promise.race([run(), late]);
  } catch (error) {
    log('warning', toBytes(`cannot clean up: ${faultText(error)}`));
  } finally {
    clearTimeout(timer);
  }
}

const encoded = ({ payloads, position, settled }: Batch): Batch => ({
  settled,
  payloads: payloads.map((payload) => (typeof payload === 'string' ? toBytes(payload) : payload)),
  position,
});

async function enriched(
  { payloads, position, settled }: Batch,
  isBytes: boolean,
  own: PluginSource<unknown>,
  context: OpenContext<unknown>,
  signal: AbortSignal,
): Promise<Batch> {
  const { io } = context;
  const texts = payloads.flatMap((payload) => textsOf(payload, isBytes));
  const rich: ByteString[] = [];
  for (const text of texts) {
    try {
      rich.push(toBytes((await own.enrich?.(text, context, signal)) ?? text));
    } catch (error) {
      io.drop('not_enriched');
      io.log(
        'warning',
        `cannot look up more: ${error instanceof Error ? error.message : error}`,
        'not_enriched',
      );
      rich.push(toBytes(text));
    }
  }
  return { payloads: rich, position, settled };
}

function textsOf(payload: Payload, isBytes: boolean): readonly string[] {
  if (typeof payload === 'string' && !isBytes) return [payload];
  return payloadTexts(payload).map(fromBytes);
}
