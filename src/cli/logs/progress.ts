// How far the reading of files is, in a line over itself on a terminal: `[#####     ]  21 %  260 of 1250 MB  410 MB/s  2 s left`.

import type { LogFile } from './files.js';

export interface Progress {
  /** So many bytes of a file have been read, unpacked. */
  onBytes(file: LogFile, bytes: number): void;
  end(): void;
}

const EVERY_MS = 250;
const BAR = 24;
/** What is packed is about so many times as long when it is unpacked. */
const PACKED = 12;
/** Less is read before a line could be. */
const LEAST = 32e6;

export function createProgress(
  files: readonly LogFile[],
  show: ((text: string) => void) | undefined,
): Progress {
  const total = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  if (show === undefined || total < LEAST) return { onBytes: () => undefined, end: () => undefined };
  const begin = Date.now();
  let shown = begin;
  let current: LogFile | undefined;
  let before = 0;
  return {
    onBytes(file, bytes) {
      if (file !== current) {
        before += current?.size ?? 0;
        current = file;
      }
      const now = Date.now();
      if (now - shown < EVERY_MS) return;
      shown = now;
      const packed = /\.(?:gz|tgz|zst)$/.test(file.path);
      show(
        progressLine(before + Math.min(file.size ?? 0, packed ? bytes / PACKED : bytes), total, now - begin),
      );
    },
    end: () => show(''),
  };
}

/** @param done bytes */
export function progressLine(done: number, total: number, ms: number): string {
  const part = Math.min(1, done / total);
  const bar = '#'.repeat(Math.round(part * BAR)).padEnd(BAR);
  const megabytes = (bytes: number): string => String(Math.round(bytes / 1e6));
  const left = part > 0 ? `  ${Math.ceil((ms * (1 - part)) / part / 1000)} s left` : '';
  const rate = megabytes((done * 1000) / Math.max(1, ms));
  return `[${bar}] ${String(Math.floor(part * 100)).padStart(3)} %  ${megabytes(done)} of ${megabytes(total)} MB  ${rate} MB/s${left}`;
}
