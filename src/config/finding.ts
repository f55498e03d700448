// ConfigFinding: something that a configuration says in vain, and where it says it. Falco keeps silent about most of
// these; its verdicts and exit codes stay, so they are advice.

import type { ByteString } from '../bytes.js';
import type { Mark } from './read/tree.js';

export interface ConfigFinding {
  /** Undefined, or without a file: it comes from `-o`. */
  readonly mark: Mark | undefined;
  readonly text: ByteString;
}

/** `falco.yaml:3:1: unknown key …`; what `-o` set stands behind `-o: `. */
export function findingText({ mark, text }: ConfigFinding): ByteString {
  const place = placeText(mark);
  return `${place}: ${text}`;
}

/** `falco.yaml:3:1`, counted from 1. */
export function placeText(mark: Mark | undefined): ByteString {
  return mark?.file === undefined ? '-o' : `${mark.file}:${mark.line + 1}:${mark.column + 1}`;
}
