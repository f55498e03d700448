// A new name for a rule, macro, list or correlation → edits of all files that name it.

import { toBytes } from '../../bytes.js';
import type { TextRange } from '../../language/document.js';
import type { Place, Project, RulesDocument } from '../../language/project.js';
import { ResponseError, type WorkspaceEdit } from './protocol.js';

/** A place, as the protocol says it. */
export const locationOf = ({ document, named }: Place) => ({
  uri: document.uri,
  range: document.rangeAt(named.offset, named.name.length),
});

/** Renames an item in all files. @throws ResponseError where the name is none, or taken */
export function rename(
  project: Project,
  document: RulesDocument,
  position: TextRange['start'],
  newName: string,
): WorkspaceEdit {
  const named = project.namedAt(document, document.offsetAt(position));
  if (named === undefined) throw new ResponseError(-32803, 'there is no rule, macro or list here');
  const valid =
    named.kind === 'macro' ? /^[a-zA-Z]+\w*$/ : named.kind === 'list' ? /^[^()"'\s=,]+$/ : /^[^\r\n"]+$/;
  if (!valid.test(newName))
    throw new ResponseError(-32803, `'${newName}' cannot be the name of a ${named.kind}`);
  if (project.definitions(named.kind).has(toBytes(newName)))
    throw new ResponseError(-32803, `there is a ${named.kind} ${newName} already`);
  const changes: Record<string, { range: TextRange; newText: string }[]> = {};
  for (const place of project.places(named.kind, named.name))
    (changes[place.document.uri] ??= []).push({ range: locationOf(place).range, newText: newName });
  return { changes };
}
