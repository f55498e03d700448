// Condition texts → expressions without lists and macros, with the exact place of every fault.
// Answers to parse_condition and resolve_macros of Falco's rule compiler (spec: rules-language.md §4.6). What does
// not change between two files of one load is done once: texts are parsed again only when they differ.

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { createExpander, type Expansion } from '../../condition/compile/expand.js';
import type { Expr, Position } from '../../condition/syntax/ast.js';
import { EXPECTED } from '../../condition/syntax/messages.js';
import { parseCondition } from '../../condition/syntax/parser.js';
import type { Fault, Result } from '../../condition/syntax/result.js';
import { OPERATOR_NAMES } from '../../condition/syntax/words.js';
import type { Context, Place } from '../../diagnostic.js';
import type { Collector } from '../collect/collector.js';
import type { ListInfo, MacroInfo, SourcedText } from '../definitions.js';
import { attempt, conditionContext, itemFault, LoadFault, type Recovery, untilNul } from '../fault.js';
import { conditionHelp } from '../hints/condition-help.js';
import { type CompiledList, type CompiledLists, compileLists } from '../texts/lists.js';
import { beforeEdits, placeInText } from '../texts/place.js';
import { type ListedText, substituteLists } from '../texts/substitute.js';
import { findPosition, firstNode, type Node, nodesOf } from './positions.js';

/** A condition with its lists put in. */
export interface ParsedText {
  readonly source: SourcedText;
  readonly listed: ListedText;
  /** Macros still in it. */
  readonly expr: Expr;
}

export interface CompiledMacro {
  readonly info: MacroInfo;
  readonly parsed: ParsedText;
  /** Without macros, once it is this one's turn. */
  readonly expr: Expr;
}

/** Memory of a whole load. */
export interface ConditionMemory {
  readonly expander: ReturnType<typeof createExpander>;
  /** The lists of the file before, if none has changed since. */
  lists: { readonly infos: readonly ListInfo[]; readonly compiled: CompiledLists } | undefined;
  readonly parsed: Map<SourcedText, ParsedOnce>;
  readonly expanded: Map<Expr, { readonly result: Result<Expansion>; readonly trees: Trees }>;
}

interface ParsedOnce {
  readonly lists: CompiledLists;
  readonly listed: ListedText;
  readonly result: Result<Expr>;
}

/** The trees that macros stood for. */
type Trees = ReadonlyMap<ByteString, Expr | undefined>;

export function createConditionMemory(): ConditionMemory {
  return { expander: createExpander(), lists: undefined, parsed: new Map(), expanded: new Map() };
}

/** The lists and macros of all files so far, and which of them are used. */
export interface ConditionStage {
  readonly lists: readonly CompiledList[];
  readonly macros: ReadonlyMap<ByteString, CompiledMacro>;
  readonly usedLists: ReadonlySet<ByteString>;
  readonly usedMacros: ReadonlySet<ByteString>;
}

interface StageInWork extends ConditionStage {
  readonly compiledLists: CompiledLists;
  readonly macros: Map<ByteString, CompiledMacro>;
  readonly usedLists: Set<ByteString>;
  readonly usedMacros: Set<ByteString>;
  /** Macros' texts by the positions in them; made when the first one is asked for. */
  owners: Map<Position, ParsedText> | undefined;
}

/** Compiles lists and macros. Errors: LoadFault. */
export function createConditionStage(
  collector: Collector,
  memory: ConditionMemory,
  recovery?: Recovery,
): ConditionStage {
  memory.expander.begin();
  const compiledLists = compileListsOnce(collector.lists, memory);
  const { lists, used } = compiledLists;
  const state: StageInWork = {
    compiledLists,
    lists,
    macros: new Map(),
    usedLists: new Set(used),
    usedMacros: new Set(),
    owners: undefined,
  };
  for (const info of collector.macros.values()) {
    const parsed = attempt(recovery, `macro ${info.name}`, () =>
      parseText(state, memory, info.condition, info.conditionContext),
    );
    if (parsed !== undefined) state.macros.set(info.name, { info, parsed, expr: parsed.expr });
  }
  for (const [name, macro] of state.macros) {
    const visible = (other: ByteString): CompiledMacro | undefined => {
      const found = state.macros.get(other);
      return found !== undefined && found.info.index < macro.info.visibility ? found : undefined;
    };
    const expr = attempt(recovery, `macro ${name}`, () =>
      expand(state, memory, macro.parsed, macro.info.context, visible),
    );
    if (expr === undefined) state.macros.delete(name);
    else state.macros.set(name, { ...macro, expr });
  }
  return state;
}

function compileListsOnce(infos: ReadonlyMap<ByteString, ListInfo>, memory: ConditionMemory) {
  const now = [...infos.values()];
  const before = memory.lists;
  const same =
    before?.infos.length === now.length && before.infos.every((info, index) => info === now[index]);
  if (same) return before.compiled;
  const compiled = compileLists(infos);
  memory.lists = { infos: now, compiled };
  return compiled;
}

/** Parses a rule's condition and puts lists and macros in. Errors: LoadFault. */
export function resolveCondition(
  stage: ConditionStage,
  memory: ConditionMemory,
  text: SourcedText,
  context: Context,
  ruleContext: Context,
): { readonly parsed: ParsedText; readonly expr: Expr } {
  const state = stage as StageInWork;
  const parsed = parseText(state, memory, text, context);
  const expr = expand(state, memory, parsed, ruleContext, (name) => state.macros.get(name));
  return { parsed, expr };
}

function parseText(
  state: StageInWork,
  memory: ConditionMemory,
  source: SourcedText,
  context: Context,
): ParsedText {
  const { listed, result } = parseOnce(state.compiledLists, memory, source, context);
  for (const name of listed.used) state.usedLists.add(name);
  if (result.ok) return { source, listed, expr: result.value };
  const { message, position } = result.fault;
  const place = placeInText(source, beforeEdits(listed.edits, position.offset));
  const suggestion = meantOperator(result.fault, listed.text);
  const help = suggestion === undefined ? conditionHelp(listed.text, position.offset) : undefined;
  throw new LoadFault(
    'LOAD_ERR_COMPILE_CONDITION',
    untilNul(message),
    conditionContext(position, listed.text, context),
    { place, suggestion, help },
  );
}

const WORD = /[a-z]*/y;

/** Where an operator is missing there may be one, mistyped. */
function meantOperator({ message, position }: Fault, text: ByteString): ByteString | undefined {
  if (message !== EXPECTED.operator) return undefined;
  WORD.lastIndex = position.offset;
  return suggest(WORD.exec(text)![0], OPERATOR_NAMES);
}

function parseOnce(
  lists: CompiledLists,
  memory: ConditionMemory,
  source: SourcedText,
  context: Context,
): ParsedOnce {
  const known = memory.parsed.get(source);
  if (known?.lists === lists) return known;
  const listed = substituteLists(source.text, lists);
  if (listed.overflow) {
    const inner = conditionContext({ offset: 0, line: 1, column: 1 }, source.text, context);
    throw new LoadFault('LOAD_ERR_COMPILE_CONDITION', 'condition is too long with its lists put in', inner);
  }
  const result = known?.listed.text === listed.text ? known.result : parseCondition(listed.text);
  const parsed = { lists, listed, result };
  memory.parsed.set(source, parsed);
  return parsed;
}

function expand(
  state: StageInWork,
  memory: ConditionMemory,
  parsed: ParsedText,
  context: Context,
  visible: (name: ByteString) => CompiledMacro | undefined,
): Expr {
  const result = expandOnce(memory, parsed.expr, (name) => visible(name)?.expr);
  if (!result.ok) throw macroFault(state, result.fault, parsed, context);
  for (const name of result.value.used) state.usedMacros.add(name);
  return result.value.expr;
}

function expandOnce(
  memory: ConditionMemory,
  expr: Expr,
  lookup: (name: ByteString) => Expr | undefined,
): Result<Expansion> {
  const known = memory.expanded.get(expr);
  if (known !== undefined && [...known.trees].every(([name, tree]) => lookup(name) === tree))
    return known.result;
  const trees = new Map<ByteString, Expr | undefined>();
  const result = memory.expander.expand(expr, (name) => {
    const tree = lookup(name);
    trees.set(name, tree);
    return tree;
  });
  memory.expanded.set(expr, { result, trees });
  return result;
}

const UNDEFINED_MACRO = /^Undefined macro '(.*)' used in filter\.$/s;

function macroFault(state: StageInWork, fault: Fault, parsed: ParsedText, context: Context): LoadFault {
  const { message, position } = fault;
  const name = UNDEFINED_MACRO.exec(message)?.[1];
  const help = name !== undefined && SOURCE_WORDS.test(name) ? sourceHelp(name) : undefined;
  const suggestion = name === undefined || help ? undefined : suggest(name, state.macros.keys());
  const inner = conditionContext(position, parsed.source.text, context);
  const place = placeOfNode(state, parsed, position);
  const missing = name === undefined ? undefined : `macro ${name}`;
  return itemFault(message, inner, { place, suggestion, help, missing });
}

/** What people write to say that a rule is for audit events. */
const SOURCE_WORDS = /^(?:ka|kaudit|k8s_?audit)$/i;

const sourceHelp = (name: ByteString): ByteString =>
  `there is no macro ${name}; the rule's source: k8s_audit says so already, leave it out`;

/** Where a node of a condition stands, be it in the condition itself or in a macro. */
export function placeOfNode(
  stage: ConditionStage,
  parsed: ParsedText,
  position: Position,
): Place | undefined {
  const owner = findPosition(parsed.expr, position) ? parsed : ownerInMacros(stage as StageInWork, position);
  if (owner === undefined) return placeInText(parsed.source, 0);
  return placeInText(owner.source, beforeEdits(owner.listed.edits, position.offset));
}

/** Where a node stands in a condition: for one of a macro, the macro's name there. */
export function placeInRule(
  stage: ConditionStage,
  { source, listed, expr }: ParsedText,
  position: Position,
): Place | undefined {
  const holds = (node: Node): boolean =>
    node.position === position ||
    (node.kind === 'identifier' && findPosition(stage.macros.get(node.name)!.expr, position));
  const found = firstNode(expr, holds);
  return placeInText(source, found === undefined ? 0 : beforeEdits(listed.edits, found.position.offset));
}

/** The macro's text that a position counts in. */
function ownerInMacros(state: StageInWork, position: Position): ParsedText | undefined {
  if (state.owners === undefined) {
    state.owners = new Map();
    for (const { parsed } of state.macros.values())
      for (const { position: own } of nodesOf(parsed.expr)) state.owners.set(own, parsed);
  }
  return state.owners.get(position);
}
