// A packed body → what is in it, chunk by chunk, so that a bomb costs no more than the largest body. In: the name that
// Content-Encoding has for it. Falco's plugin takes packed bodies for broken JSON.

import * as zlib from 'node:zlib';

/** Unpackers by coding; zstd where this Node has it. */
const CODINGS: ReadonlyMap<string, (body: Buffer) => zlib.Gunzip | zlib.Inflate> = new Map([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  // Some send what is in a zlib stream without its head.
  ['deflate', (body) => ((body[0] ?? 0) % 16 === ZLIB ? zlib.createInflate() : zlib.createInflateRaw())],
  ...zstd(),
]);
const ZLIB = 8;

/** For Accept-Encoding. */
export const KNOWN_CODINGS: readonly string[] = [...CODINGS.keys()].filter((name) => name !== 'x-gzip');

/** Bodies that are unpacked at a time: each costs its window. */
const AT_ONCE = 4;

type Unpacker = (body: Buffer) => zlib.Gunzip;

/** Largest window of zstd that is unpacked, as every reader of it has to: 8 MiB. */
const WINDOW_LOG = 23;

function zstd(): readonly (readonly [string, Unpacker])[] {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  const option: unknown = Reflect.get(zlib.constants, 'ZSTD_d_windowLogMax');
  if (typeof create !== 'function' || typeof option !== 'number') return [];
  return [['zstd', () => create({ params: { [option]: WINDOW_LOG } }) as zlib.Gunzip]];
}

/** The coding of a body; undefined: as it is; otherwise one that is not known. */
export function codingOf(header: string | undefined): string | undefined {
  const name = header?.trim().toLowerCase();
  return name === undefined || name === '' || name === 'identity' ? undefined : name;
}

export function isKnownCoding(coding: string): boolean {
  return CODINGS.has(coding);
}

export interface Unpacking {
  /**
   * Hands the chunks over one by one, until one is not taken.
   * @returns true, what `push` said of a chunk instead, or 'damaged'
   */
  unpack<T>(
    coding: string,
    body: Buffer,
    push: (chunk: Buffer) => true | T | Promise<true | T>,
  ): Promise<true | T | 'damaged'>;
}

export function createUnpacking(): Unpacking {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function run<T>(
    coding: string,
    body: Buffer,
    push: (chunk: Buffer) => true | T | Promise<true | T>,
  ): Promise<true | T | 'damaged'> {
    const stream = CODINGS.get(coding)!(body);
    stream.end(body);
    try {
      for await (const chunk of stream) {
        const answer = await push(chunk as Buffer);
        if (answer !== true) return answer;
      }
      return true;
    } catch {
      return 'damaged';
    } finally {
      stream.destroy();
    }
  }

  return {
    async unpack(coding, body, push) {
      while (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
      running++;
      try {
        return await run(coding, body, push);
      } finally {
        running--;
        waiting.shift()?.();
      }
    },
  };
}
