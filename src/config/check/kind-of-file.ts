// In: a YAML text that is no list, so no rules. Out: what people hand over instead of rules, as far as it can be told:
// falco.yaml, a suite of rule tests, values for Falco's Helm chart, objects of Kubernetes that hold rules as texts.

import type { ByteString } from '../../bytes.js';
import { suggest } from '../../suggest.js';
import { keyText, parseYaml, valueAt, type YamlMapping, type YamlNode } from '../../yaml.js';
import { CONFIG_SCHEMA } from './schema.js';

export type KindOfFile =
  | { readonly kind: 'configuration' }
  | { readonly kind: 'suite' }
  /** `rules`: names of the texts in it that are rules, as `customRules.a.yaml`. */
  | { readonly kind: 'values'; readonly rules: readonly ByteString[] }
  | { readonly kind: 'object'; readonly object: ByteString; readonly rules: readonly ByteString[] };

/** Undefined: anything else. */
export function kindOfFile(content: ByteString): KindOfFile | undefined {
  const [root] = parseYaml(content, { documents: 1 }).documents;
  if (root?.kind !== 'mapping') return undefined;
  const object = scalarAt(root, 'kind');
  if (object !== undefined && scalarAt(root, 'apiVersion') !== undefined)
    return { kind: 'object', object, rules: rulesIn(root, 'data') };
  if (valueAt(root, 'customRules') !== undefined || valueAt(root, 'falco')?.kind === 'mapping')
    return { kind: 'values', rules: rulesIn(root, 'customRules') };
  if (valueAt(root, 'tests') !== undefined) return { kind: 'suite' };
  return isConfiguration(root) ? { kind: 'configuration' } : undefined;
}

/** What to do with such a file, one line. */
export function whatToDo(file: ByteString, found: KindOfFile): ByteString {
  switch (found.kind) {
    case 'configuration':
      return `${file} looks like a configuration (falco.yaml): check it with -c ${file} --dry-run, or tsfalco lint ${file}`;
    case 'suite':
      return `${file} looks like a suite of rule tests: run it with tsfalco test ${file}`;
    case 'values':
      return `${file} looks like values of a Helm chart: rules are texts in it (${named(found.rules, 'customRules')}); tsfalco lint ${file} reads them there; to load one, save it as a file of its own`;
    case 'object':
      return `${file} is a ${found.object} of Kubernetes: rules are texts in it (${named(found.rules, 'data')}); tsfalco lint ${file} reads them there; to load one, save it as a file of its own`;
  }
}

const MOST_NAMES = 3;

function named(rules: readonly ByteString[], section: string): ByteString {
  if (rules.length === 0) return `below ${section}`;
  const more = rules.length > MOST_NAMES ? `, and ${rules.length - MOST_NAMES} more` : '';
  return rules.slice(0, MOST_NAMES).join(', ') + more;
}

function scalarAt(node: YamlMapping, key: string): ByteString | undefined {
  const value = valueAt(node, key);
  return value?.kind === 'scalar' && !value.isNull ? value.text : undefined;
}

function rulesIn(root: YamlMapping, section: string): readonly ByteString[] {
  const texts = valueAt(root, section);
  if (texts?.kind !== 'mapping') return [];
  return texts.entries.filter(({ value }) => isRules(value)).map(({ key }) => `${section}.${keyText(key)}`);
}

/** A text with an item of a rules file at the start of a line. */
function isRules(node: YamlNode): boolean {
  return node.kind === 'scalar' && /^\s*- (?:rule|macro|list|required_\w+):/m.test(node.text);
}

const PROPERTIES = CONFIG_SCHEMA.definitions?.['FalcoConfig']?.properties ?? {};
const SETTINGS = Object.keys(PROPERTIES);

/** Half of the keys are settings, mistyped ones too: other programs have a `plugins` or a `log_level` as well. */
function isConfiguration({ entries }: YamlMapping): boolean {
  const settings = entries.filter(({ key, value }) => {
    const name = keyText(key) ?? '';
    if (SETTINGS.includes(name)) return fits(name, value);
    const meant = suggest(name, SETTINGS);
    return meant !== undefined && value.kind === kindOf(meant) && fits(meant, value);
  });
  return settings.length > 0 && settings.length * 2 >= entries.length;
}

function kindOf(setting: string): YamlNode['kind'] {
  const { type = 'object' } = PROPERTIES[setting] ?? {};
  if (type === 'array') return 'sequence';
  return type === 'object' ? 'mapping' : 'scalar';
}

/** Registries of plugins and of rules files have lists of these names too, with descriptions in them. */
function fits(setting: string, value: YamlNode): boolean {
  if (value.kind !== 'sequence') return true;
  if (setting === 'plugins') return value.items.every((item) => hasKey(item, 'library_path'));
  if (setting === 'rules')
    return value.items.every((item) => hasKey(item, 'enable') || hasKey(item, 'disable'));
  return !FILES.includes(setting) || value.items.every(({ kind }) => kind === 'scalar');
}

const FILES = ['rules_files', 'rule_files', 'load_plugins'];

const hasKey = (node: YamlNode, key: string): boolean =>
  node.kind === 'mapping' && valueAt(node, key) !== undefined;
