// Lists, macros and version requirements as the collector takes them; what all definitions have in common.
// Answers to those parts of Falco's rule_loader::collector (spec: rules-language.md §4.3, §4.5, §4.8).

import type { ByteString } from '../../../bytes.js';
import type { Context } from '../../diagnostic.js';
import type {
  CorrelationDefinition,
  EngineRequirement,
  ListInfo,
  MacroInfo,
  New,
  PluginRequirements,
  RuleDefinition,
  SourcedText,
} from '../definitions.js';
import { itemFault } from '../fault.js';
import { NO_LIST, NO_MACRO } from '../messages.js';
import { compareVersions, ENGINE_VERSION, isCompatible, parseVersion, printVersion } from '../versions.js';
import { type CollectorState, meantName, numbered } from './collector-state.js';

export function requireEngine(state: CollectorState, { version, context }: EngineRequirement): void {
  if (!isCompatible(ENGINE_VERSION, version))
    throw itemFault(
      `Rules require engine version ${printVersion(version)}, but engine version is ${printVersion(ENGINE_VERSION)}`,
      context,
    );
  if (compareVersions(state.requiredEngine, version) < 0) state.requiredEngine = version;
}

export function requirePlugin(state: CollectorState, requirements: PluginRequirements): void {
  const { alternatives, context } = requirements;
  const names = new Set<ByteString>();
  for (const { name, version } of alternatives) {
    if (parseVersion(version) === undefined)
      throw itemFault(`Invalid required version '${version}' for plugin '${name}'`, context);
    if (names.has(name))
      throw itemFault(`Defined multiple alternative version requirements for plugin '${name}'`, context);
    names.add(name);
  }
  state.requiredPlugins.push(requirements);
}

/** Defines or redefines. A Map keeps the place of a key that is set again, as Falco does. */
export function define<T extends ListInfo | MacroInfo | RuleDefinition | CorrelationDefinition>(
  state: CollectorState,
  items: Map<ByteString, T>,
  item: New<T>,
): void {
  const visibility = state.next++;
  const index = items.get(item.name)?.index ?? visibility;
  items.set(item.name, { ...item, index, visibility, changes: 0 } as T);
}

export function appendToList(
  state: CollectorState,
  name: ByteString,
  items: readonly ByteString[],
  context: Context,
): void {
  const list = state.lists.get(name);
  if (list === undefined) throw itemFault(NO_LIST, context, meantName('list', name, state.lists));
  const numbers = numbered(state, list, context);
  state.lists.set(name, { ...list, ...numbers, items: [...list.items, ...items] });
}

export function appendToMacro(
  state: CollectorState,
  name: ByteString,
  text: SourcedText,
  context: Context,
): void {
  const macro = state.macros.get(name);
  if (macro === undefined) throw itemFault(NO_MACRO, context, meantName('macro', name, state.macros));
  const condition = joined(macro.condition, text);
  state.macros.set(name, { ...macro, ...numbered(state, macro, context), condition });
}

/** Both texts with a blank between them. */
export function joined(first: SourcedText, second: SourcedText): SourcedText {
  const start = first.text.length + 1;
  const parts = second.parts.map((part) => ({ ...part, at: part.at + start }));
  return { text: `${first.text} ${second.text}`, parts: [...first.parts, ...parts] };
}
