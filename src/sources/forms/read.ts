// Inputs in whatever form → batches of payloads, one input after the other. In: files, packed or not, archives of them. Out:
// blocks of lines and texts of events; a batch's position is the name of the file that it is from. Answers to OpenReader in
// Falco's k8saudit plugin, which takes lines only; the limit of a line is a request body's there, not 64 KiB.

import type { ByteString } from '../../bytes.js';
import type { OpenInput } from '../files/file.js';
import { unpacked } from '../files/packed.js';
import type { Told } from '../source.js';
import { createFormsReader, type FormsOptions } from './reader.js';
import { membersOf } from './tar.js';

/** One input, opened when its turn comes. */
export interface NamedInput {
  readonly name: ByteString;
  readonly open: OpenInput;
}

export interface ReadOptions {
  /** How a file is read; asked once for each, those in archives, too. */
  readonly forms: (name: ByteString) => FormsOptions;
}

/** What one chunk of a file gave. */
export interface ToldBatch {
  readonly told: readonly Told[];
  /** The file's name. */
  readonly position: ByteString;
}

/** The events of the inputs. Errors: SourceError. */
export async function* readForms(
  inputs: readonly NamedInput[],
  { forms }: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<ToldBatch> {
  for (const { name: path, open } of inputs) {
    if (signal.aborted) return;
    for await (const { name, chunks } of membersOf(path, open(signal))) {
      // In an archive, files may be packed once more.
      const plain = name === path ? chunks : unpacked(chunks, name, signal);
      yield* readFile(name, plain, forms(name), signal);
    }
  }
}

async function* readFile(
  name: ByteString,
  chunks: AsyncIterable<Buffer>,
  options: FormsOptions,
  signal: AbortSignal,
): AsyncGenerator<ToldBatch> {
  const reader = createFormsReader(options);
  for await (const chunk of chunks) {
    const told = reader.push(chunk);
    if (told.length > 0) yield { told, position: name };
  }
  // What was cut off by the abort is not what the file holds.
  const last = signal.aborted ? [] : reader.end();
  if (last.length > 0) yield { told: last, position: name };
}
