// A tar archive → its files, one after the other. In: its bytes, chunk by chunk. Out: for each file its name and its bytes,
// which are read before the next file is asked for. Folders, links and what else an archive has are passed over.

import type { ByteString } from '../../bytes.js';
import { type Chunks, readHead, rejoined } from '../files/packed.js';
import { SourceError } from '../source.js';

export interface Member {
  readonly name: ByteString;
  readonly chunks: Chunks;
}

const BLOCK = 512;

/** Whether these are the first bytes of an archive. */
export function isTar(head: Buffer): boolean {
  return head.length >= BLOCK && head.toString('latin1', 257, 262) === 'ustar';
}

/** What an input holds: the files of an archive, or itself, under its own name. */
export async function* membersOf(name: ByteString, chunks: Chunks): AsyncGenerator<Member> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const first = await readHead(source, 1);
    // Behind the name in a header there are zeros, and in no text.
    const head = first.includes(0) ? await readHead(source, BLOCK, first) : first;
    if (isTar(head)) yield* archived(name, createCursor(head, source));
    else yield { name, chunks: rejoined(head, source) };
  } finally {
    await source.return?.();
  }
}

interface Cursor {
  /** Bytes as they come, so many at most, at least one; undefined: there are no more. */
  take(most: number): Promise<Buffer | undefined>;
}

function createCursor(head: Buffer, source: AsyncIterator<Buffer>): Cursor {
  let held: Buffer = head;
  return {
    async take(most) {
      if (held.length === 0) {
        const next = await source.next();
        if (next.done === true) return undefined;
        held = next.value;
      }
      const taken = held.subarray(0, most);
      held = held.subarray(taken.length);
      return taken;
    },
  };
}

async function* bytesOf(cursor: Cursor, size: number): Chunks {
  for (let left = size; left > 0; ) {
    const part = await cursor.take(left);
    if (part === undefined) throw new SourceError('the archive is cut off');
    left -= part.length;
    yield part;
  }
}

async function whole(cursor: Cursor, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of bytesOf(cursor, size)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** Longest name that an entry of its own may give. */
const LONGEST_NAME = 65_536;
const [FILE, OLD_FILE, LONG_NAME, EXTENDED] = ['0', '\0', 'L', 'x'];

async function* archived(archive: ByteString, cursor: Cursor): AsyncGenerator<Member> {
  let longName: ByteString | undefined;
  for (;;) {
    const header = await whole(cursor, BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const size = sizeIn(header);
    const kind = header.toString('latin1', 156, 157);
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (kind === LONG_NAME || kind === EXTENDED) {
      const text = (await whole(cursor, Math.min(size, LONGEST_NAME))).toString('latin1');
      longName = kind === LONG_NAME ? untilNul(text) : (/\d+ path=([^\n]*)\n/.exec(text)?.[1] ?? longName);
      await skip(cursor, Math.max(0, size - LONGEST_NAME) + padding);
      continue;
    }
    const name = longName ?? nameIn(header);
    longName = undefined;
    if (kind === FILE || kind === OLD_FILE) {
      const rest = { left: size };
      yield { name: `${archive}/${name}`, chunks: counted(bytesOf(cursor, size), rest) };
      await skip(cursor, rest.left + padding);
    } else await skip(cursor, size + padding);
  }
}

async function* counted(chunks: Chunks, rest: { left: number }): Chunks {
  for await (const chunk of chunks) {
    rest.left -= chunk.length;
    yield chunk;
  }
}

async function skip(cursor: Cursor, size: number): Promise<void> {
  for await (const part of bytesOf(cursor, size)) void part;
}

const untilNul = (text: ByteString): ByteString => text.split('\0', 1)[0]!;

function nameIn(header: Buffer): ByteString {
  const name = untilNul(header.toString('latin1', 0, 100));
  const prefix = untilNul(header.toString('latin1', 345, 500));
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal, or, with the first bit set, binary. */
function sizeIn(header: Buffer): number {
  if ((header[124]! & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  const size = Number.parseInt(untilNul(header.toString('latin1', 124, 136)).trim() || '0', 8);
  if (Number.isNaN(size)) throw new SourceError('the archive is damaged');
  return size;
}
