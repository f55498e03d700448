// Tags: only whether a node has one counts, since tags of any name are ignored; but a bad one is an error.
// Answers to yaml-cpp's scantag.

import { CHAR, isWord, tagLength, uriLength } from './characters.js';
import { FAULTS, YamlFault } from './fault.js';
import { atEnd, mark, peek, type Stream, take, takeRun } from './stream.js';

/** A tag behind its exclamation mark. `text` is empty only for `!<>`, which is no tag. */
export function scanTag(stream: Stream): { readonly text: string } {
  take(stream);
  if (peek(stream) === CHAR.less) return { text: verbatim(stream) };
  const { text, isHandle } = handle(stream);
  if (!isHandle || peek(stream) !== CHAR.bang) return { text: `!${text}` };
  take(stream);
  let suffix = '';
  for (let n = tagLength(stream); n > 0; n = tagLength(stream)) suffix += takeRun(stream, n);
  if (suffix === '') throw new YamlFault(mark(stream), FAULTS.tagSuffix);
  return { text: `!${text}!${suffix}` };
}

function verbatim(stream: Stream): string {
  take(stream);
  let text = '';
  while (!atEnd(stream)) {
    if (peek(stream) === CHAR.greater) {
      take(stream);
      return text;
    }
    const length = uriLength(stream);
    if (length === 0) break;
    text += takeRun(stream, length);
  }
  throw new YamlFault(mark(stream), FAULTS.verbatimTag);
}

function handle(stream: Stream): { readonly text: string; readonly isHandle: boolean } {
  let text = '';
  let notWord: ReturnType<typeof mark> | undefined;
  while (!atEnd(stream)) {
    if (peek(stream) === CHAR.bang) {
      if (notWord !== undefined) throw new YamlFault(notWord, FAULTS.tagHandle);
      break;
    }
    if (notWord === undefined && !isWord(peek(stream))) notWord = mark(stream);
    const length = notWord === undefined ? 1 : tagLength(stream);
    if (length === 0) break;
    text += takeRun(stream, length);
  }
  return { text, isHandle: notWord === undefined };
}
