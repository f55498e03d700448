// What every JavaScript runtime has: browsers, workers, Deno, Bun, Node.

const FEW = 8192;
const BEYOND_BYTES = /[^\x00-\xff]/;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { fatal: true });
const westernEurope = makeDecoder('windows-1252');

// Some small runtimes know UTF-8 alone.
function makeDecoder(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

// Windows-1252 is Latin-1 but for 27 bytes, which become chars beyond bytes. Nearly no text holds one.
function read(bytes: Uint8Array, from: number, to: number): string {
  const part = bytes.subarray(from, to);
  const text = westernEurope?.decode(part);
  return text === undefined || BEYOND_BYTES.test(text) ? readByChars(part) : text;
}

function readByChars(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += FEW) text += String.fromCharCode(...bytes.subarray(at, at + FEW));
  return text;
}

/** ASCII, as nearly all texts are, is copied at once; whatever else there is shows in what the copy says of itself. */
function write(bytes: Uint8Array, text: string, at: number): void {
  const { length } = text;
  const { read: taken, written } = encoder.encodeInto(text, bytes.subarray(at, at + length));
  if (taken === length && written === length) return;
  for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  write(bytes, text, 0);
  return bytes;
}

function encode(text: string): string {
  const bytes = encoder.encode(text);
  return read(bytes, 0, bytes.length);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export const PORTABLE = {
  machineName: () => 'localhost',
  utcOffset: (now: number) => -new Date(now).getTimezoneOffset() * 60,
  wasm: (): Uint8Array | undefined => undefined,
  encode,
  decode: (bytes: string) => decoder.decode(bytesOf(bytes)),
  view: (memory: ArrayBufferLike, at: number, length: number) => new Uint8Array(memory, at, length),
  read,
  write,
  includes: (bytes: Uint8Array, part: string) => read(bytes, 0, bytes.length).includes(part),
  isUtf8,
  gunzip: (): Uint8Array | undefined => undefined,
};
