// State ↔ the fragment of a link, packed. Browsers send fragments to no server.

import { type PlaygroundState, readState } from './state.js';

/** Stands before what is packed, so that a later page can read older links. */
const MARK = '#1.';
/** More than a link holds that somebody shares, unpacked; a small link could hold gigabytes. */
const LARGEST = 16 * 1024 * 1024;

export async function toFragment(state: PlaygroundState): Promise<string> {
  const packed = await bytesThrough(
    new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream('deflate-raw')),
  );
  let text = '';
  for (const byte of packed) text += String.fromCharCode(byte);
  return MARK + btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @returns undefined: the fragment is none of ours. @throws Error where it is damaged, with what to say */
export async function fromFragment(fragment: string): Promise<PlaygroundState | undefined> {
  if (!fragment.startsWith(MARK)) return undefined;
  let state: PlaygroundState | undefined;
  try {
    const text = atob(fragment.slice(MARK.length).replaceAll('-', '+').replaceAll('_', '/'));
    const packed = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const plain = await bytesThrough(
      new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')),
    );
    state = readState(JSON.parse(new TextDecoder().decode(plain)));
  } catch {
    throw new Error('This link is damaged: perhaps its end was cut off.');
  }
  if (state === undefined) throw new Error('This link holds nothing that the playground knows.');
  return state;
}

async function bytesThrough(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LARGEST) {
      await reader.cancel();
      throw new RangeError('too large');
    }
    parts.push(new Uint8Array(value));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
