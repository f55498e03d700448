// Logs on disk → payloads, whatever their form, for the commands that look at logs. What a file holds beside events is
// said once a file, when it has been read; a file that cannot be read is said, and the next one read.

import { setFlagsFromString } from 'node:v8';
import type { ByteString } from '../../bytes.js';
import { inputOf } from '../../sources/files/file.js';
import { payloadTexts } from '../../sources/files/lines.js';
import { readForms } from '../../sources/forms/read.js';
import type { Others } from '../../sources/forms/record.js';
import { createSeen, type Seen } from '../../sources/forms/seen.js';
import { LARGEST_EVENT, SourceError, type Told } from '../../sources/source.js';
import { type LogFile, logFiles } from './files.js';

/** Longest line and record: no event that is larger is evaluated. */
const LONGEST = 4 * LARGEST_EVENT;

/**
 * By default V8 lets what nobody needs any more grow to four times what lives, before it looks for it. A look at a large log
 * leaves much behind and keeps little.
 */
const SMALL_HEAP = '--heap-growing-percent=50';

export interface ReadLogOptions {
  /** Hears, in a line, what is wrong with a file or in it. */
  readonly report: (line: ByteString) => void;
  /** Hears of texts that are left out since they are too long. */
  readonly onTooLong?: (size: number) => void;
  /** Hears of a file that could not be read to its end. */
  readonly onBroken?: () => void;
  /** Hears how many bytes have been read, unpacked, of the file under way. */
  readonly onBytes?: (file: LogFile, bytes: number) => void;
  /** Payloads of other plugins that may be in them. */
  readonly others: Others;
  readonly signal: AbortSignal;
}

/** Payloads of all files; bytes are only valid until the next one is asked for. */
export async function* readLogs(files: readonly LogFile[], options: ReadLogOptions): AsyncGenerator<Told> {
  setFlagsFromString(SMALL_HEAP);
  for (const file of files) {
    if (options.signal.aborted) return;
    yield* readLog(file, options);
  }
}

/** Hands the events of a file or folder over, one payload a text, until `add` has no more room. @throws Failure */
export async function readLogInto(
  path: string,
  others: Others,
  add: (payload: Told<ByteString>) => boolean,
  report: (line: ByteString) => void,
): Promise<void> {
  const { signal } = new AbortController();
  for await (const { payload, plugin } of readLogs(logFiles([path], report), { others, report, signal }))
    for (const text of payloadTexts(payload)) if (!add({ payload: text, plugin })) return;
}

async function* readLog(
  file: LogFile,
  { others, report, onTooLong, onBroken, onBytes, signal }: ReadLogOptions,
): AsyncGenerator<Told> {
  const seen = new Map<ByteString, Seen>();
  const forms = (name: ByteString) => {
    const inFile = createSeen();
    seen.set(name, inFile);
    return { longest: LONGEST, onTooLong: onTooLong ?? (() => undefined), seen: inFile, others };
  };
  const open = inputOf(file.path);
  const inputs = [{ name: file.path, open: (ends: AbortSignal) => counted(open(ends)) }];
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      onBytes?.(file, bytes);
      yield chunk;
    }
  }
  try {
    for await (const { told } of readForms(inputs, { forms }, signal)) yield* told;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    onBroken?.();
    report(`Warning: ${error.message}`);
  }
  if (signal.aborted) return;
  for (const [name, inFile] of seen) for (const line of describeSeen(name, inFile)) report(line);
}

/** What people should know of a file: that nothing in it was recognised, or what was in it beside events. */
export function describeSeen(name: ByteString, seen: Seen): readonly ByteString[] {
  const others = seen.others.entries();
  if (others.length === 0) return [];
  const counts = others.map(([what, count]) => `${count} ${what}`).join(', ');
  if (seen.forms.total() > 0) return [`${name}: passed over ${counts}`];
  return [`${name}: no events in it, but ${counts}; it begins with: ${seen.beginning() ?? ''}`];
}
