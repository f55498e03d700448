// In: a YAML file that holds rules as texts: values of a Helm chart (`customRules`), a ConfigMap, a manifest with several
// of them. Out: the same file with all but these texts blanked, so that it is a rules file and every place stays true.

import type { ByteString } from '../../../bytes.js';
import { keyText, parseYaml, type YamlNode, type YamlScalar } from '../../../yaml.js';
import { looksLikeRules } from '../read/reader.js';

export interface Embedded {
  readonly content: ByteString;
  /** Keys of texts that cannot be read in place: in quotes, or folded. */
  readonly left: readonly ByteString[];
}

/** Undefined: the file holds no rules as texts. */
export function embeddedRules(content: ByteString): Embedded | undefined {
  const { documents, text, skipped } = parseYaml(content);
  if (text.length + skipped !== content.length) return undefined;
  const found = documents.flatMap((root) => (root.kind === 'mapping' ? textsIn(root) : []));
  if (found.length === 0) return undefined;
  const left = found.filter(({ scalar }) => text[scalar.from] !== '|').map(({ key }) => key);
  const lines = text.split(/(?<=\n)/).map(blank);
  for (const { scalar } of found) if (text[scalar.from] === '|') restore(lines, scalar);
  return { content: ' '.repeat(skipped) + lines.join(''), left };
}

interface Found {
  readonly key: ByteString;
  readonly scalar: YamlScalar;
}

/** Texts in a document that hold items of rules files, each once. */
function textsIn(root: YamlNode): readonly Found[] {
  const found: Found[] = [];
  const seen = new Set<YamlNode>();
  const open: { readonly node: YamlNode; readonly key: ByteString }[] = [{ node: root, key: '' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, key } = next;
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'sequence') open.push(...node.items.map((item) => ({ node: item, key })));
    else if (node.kind === 'mapping')
      open.push(...node.entries.map((entry) => ({ node: entry.value, key: keyText(entry.key) ?? '' })));
    else if (looksLikeRules(node.text)) found.push({ key, scalar: node });
  }
  return found;
}

const blank = (line: ByteString): ByteString => line.replace(/[^\r\n]/g, ' ');

/** Puts a literal block's lines back; the line of its key becomes the beginning of a document. */
function restore(lines: ByteString[], { source, from }: YamlScalar): void {
  const header = source.slice(0, from).split('\n').length - 1;
  const original = source.split(/(?<=\n)/);
  lines[header] = `---${lines[header]!.slice(3)}`;
  const indent = /^[ ]*/.exec(original.slice(header + 1).find((line) => /\S/.test(line)) ?? '')![0];
  for (let at = header + 1; at < original.length; at++) {
    const line = original[at]!;
    if (/\S/.test(line) && !line.startsWith(indent)) return;
    lines[at] = line;
  }
}
