// The exact place of a finding in its file. Texts that are put together (appends, exceptions, lists) keep note of
// what came from where, so that a place in the text that Falco's parser saw leads back to the byte in the file.

import type { ByteString } from '../../../bytes.js';
import { createMarks, type Mark, originOf, type YamlDocuments, type YamlNode } from '../../../yaml.js';
import type { Context, Place } from '../../diagnostic.js';
import type { SourcedText, SourceFile, TextPart } from '../definitions.js';

/** A rules file that was read. */
export function sourceFile(name: ByteString, { text, skipped }: YamlDocuments): SourceFile {
  return { name, text, skipped, markAt: createMarks(text) };
}

/** A replacement that was made in a text. */
export interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: number;
  /** Where the replaced word stands in the text before the edit. */
  readonly word: number;
}

/** The index before the edits of an index after them; what was inserted leads to the word it replaced. */
export function beforeEdits(edits: readonly Edit[], index: number): number {
  let at = index;
  for (const edit of edits.toReversed()) {
    if (at < edit.at) continue;
    if (at < edit.at + edit.inserted) at = edit.word;
    else at += edit.removed - edit.inserted;
  }
  return at;
}

/** Place of an index in a text. */
export function placeInText(text: SourcedText, index: number): Place | undefined {
  const part = text.parts.findLast(({ at }) => at <= index) ?? text.parts[0];
  return part === undefined ? undefined : placeInPart(part, Math.max(index - part.at, 0));
}

function placeInPart({ file, scalar }: TextPart, index: number): Place {
  return placeAt(file, file.markAt(originOf(scalar, index)));
}

/** Place of a node. */
export function placeOfNode(file: SourceFile, node: YamlNode): Place {
  return placeAt(file, node.mark);
}

const NOT_READ: YamlDocuments = { documents: [], text: '', skipped: 0 };

type Files = ReadonlyMap<ByteString, SourceFile>;

const fileOf = (name: ByteString, files: Files): SourceFile => files.get(name) ?? sourceFile(name, NOT_READ);

/** Place of the innermost link that stands in a file. */
export function placeOfContext(context: Context, files: Files): Place {
  const location = context.locations.findLast(({ itemType }) => itemType !== 'condition expression')!;
  return placeAt(fileOf(location.name, files), location);
}

/** Place of a mark in the context's file. */
export function placeOfMark(mark: Mark, context: Context, files: Files): Place {
  return placeAt(fileOf(context.locations[0]!.name, files), mark);
}

/** What is underlined: a quoted text, a name with its argument, a list, or all up to a blank or bracket. */
const WORD =
  /"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'|[a-zA-Z][\w.-]*(?:\[[^\]\s]*\])?(?=:?(?:\s|$)|[=<>!,)])|\([^()\r\n]*\)|[^\s,()[\]{}]+/y;

function placeAt(file: SourceFile, mark: Mark): Place {
  WORD.lastIndex = mark.offset;
  const length = WORD.exec(file.text)?.[0].length ?? 1;
  return {
    file: file.name,
    line: mark.line + 1,
    column: mark.column + 1,
    offset: mark.offset + file.skipped,
    length,
  };
}
