// Keys that are there twice in a mapping: YAML readers disagree on which one counts; here, as in Falco, the first.
// And merge keys, which Falco does not know.

import { keyText, parseYaml, type YamlNode } from '../../../yaml.js';
import type { RulesFile } from '../loader.js';
import { placeOfNode, sourceFile } from '../texts/place.js';
import { type Finding, finding } from './finding.js';

const MERGE = "'<<' merges nothing in rules files: write the keys out";

export function checkKeys({ name, content }: RulesFile): readonly Finding[] {
  const yaml = parseYaml(content);
  const file = sourceFile(name, yaml);
  const findings: Finding[] = [];
  const seen = new Set<YamlNode>();
  const open: YamlNode[] = [...yaml.documents];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'sequence') open.push(...node.items);
    if (node.kind !== 'mapping') continue;
    const keys = new Set<string>();
    for (const { key, value } of node.entries) {
      open.push(value);
      const word = keyText(key);
      if (word === undefined) continue;
      if (word === '<<') findings.push(finding('merge-key', MERGE, placeOfNode(file, key)));
      if (keys.has(word))
        findings.push(
          finding(
            'duplicate-key',
            `key '${word}' is there twice; the first one counts`,
            placeOfNode(file, key),
          ),
        );
      keys.add(word);
    }
  }
  return findings;
}
