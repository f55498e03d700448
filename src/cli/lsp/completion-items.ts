// Proposals → completion items of the protocol. What a menu shows at once is sent at once; the descriptions, hundreds of
// kilobytes, one by one when somebody looks at them.

import type { TextRange } from '../../language/document.js';
import type { Proposal } from '../../language/proposal.js';
import { type CompletionItem, CompletionItemKind, InsertTextFormat } from './protocol.js';

const KINDS: Readonly<Record<Proposal['kind'], CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  operator: CompletionItemKind.Operator,
  macro: CompletionItemKind.Constant,
  list: CompletionItemKind.Enum,
  rule: CompletionItemKind.Event,
  correlation: CompletionItemKind.Event,
  value: CompletionItemKind.Value,
  key: CompletionItemKind.Property,
  snippet: CompletionItemKind.Snippet,
  function: CompletionItemKind.Function,
  word: CompletionItemKind.Keyword,
};

/** @param rank its place in the menu, which is also what it is asked for by */
export function completionItem(
  { label, kind, insert, snippet, detail }: Proposal,
  range: TextRange,
  rank: number,
): CompletionItem {
  return {
    label,
    kind: KINDS[kind],
    sortText: String(rank).padStart(5, '0'),
    textEdit: { range, newText: insert ?? label },
    ...(snippet === true && { insertTextFormat: InsertTextFormat.Snippet }),
    ...(detail !== undefined && { detail }),
    data: rank,
  };
}

/** The item that somebody looks at, with what there is to say of it. */
export function describedItem(item: CompletionItem, proposals: readonly Proposal[]): CompletionItem {
  const proposal = proposals[Number(item.data)];
  const text = proposal?.label === item.label ? proposal.text?.() : undefined;
  return text === undefined ? item : { ...item, documentation: { kind: 'markdown', value: text } };
}
