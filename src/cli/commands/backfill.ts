// The progress of a back-fill (`--from`, `--to`) on a terminal: one line, once a second, gone at the end.

import type { Source, SourceProgress } from '../../sources/source.js';

const EVERY_MS = 1000;
const BAR = 24;

/** The same sources; the line shows while the first of them is read, and until the last has ended. */
export function withProgress(sources: readonly Source[], show: (text: string) => void): readonly Source[] {
  const begin = Date.now();
  let open = sources.length;
  const timer = setInterval(() => show(progressLine(sources, (Date.now() - begin) / 1000)), EVERY_MS);
  timer.unref();
  const closed = (): void => {
    if (--open > 0) return;
    clearInterval(timer);
    show('');
  };
  return sources.map((source) => ({
    ...source,
    async *batches(signal) {
      try {
        yield* source.batches(signal);
      } finally {
        closed();
      }
    },
  }));
}

/** `[#####     ]  21 %  12,345 events  4,100/s  15.4 MB  38 s left` */
export function progressLine(sources: readonly Pick<Source, 'progress'>[], seconds: number): string {
  const all = sources.flatMap((source) => source.progress?.() ?? []);
  const sum = (of: (progress: SourceProgress) => number): number =>
    all.reduce((total, progress) => total + of(progress), 0);
  const done = sum((progress) => progress.done ?? 0) / Math.max(1, all.length);
  const events = sum((progress) => progress.events);
  const megabytes = sum((progress) => progress.bytes) / 1e6;
  const left = done > 0 ? `${Math.ceil((seconds * (1 - done)) / done)} s left` : '';
  const bar = '#'.repeat(Math.round(done * BAR)).padEnd(BAR);
  const percent = String(Math.floor(done * 100)).padStart(3);
  const rate = Math.round(events / Math.max(seconds, 0.001));
  return `[${bar}] ${percent} %  ${events} events  ${rate}/s  ${megabytes.toFixed(1)} MB  ${left}`.trimEnd();
}
