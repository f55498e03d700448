// What the compilation of one rule needs, and what is remembered between the files of a load. Types, and the memory.

import type { ByteString } from '../../../bytes.js';
import type { FieldTable } from '../../../fields/field.js';
import type { CompiledTrees, Predicate } from '../../condition/compile/compile.js';
import { createScope, type Scope } from '../../condition/compile/scope.js';
import type { KnownWarnings } from '../../condition/compile/warnings.js';
import type { Expr } from '../../condition/syntax/ast.js';
import type { Result } from '../../condition/syntax/result.js';
import type { Template } from '../alert/template.js';
import type { RuleDefinition } from '../definitions.js';
import type { Warn } from '../fault.js';
import type { LoadOptions } from '../load-options.js';
import type { ExceptedCondition } from '../texts/exceptions.js';
import { type ConditionMemory, type ConditionStage, createConditionMemory } from './conditions.js';
import type { KnownUnsafe } from './unsafe.js';

/** Memory of a whole load, so that the rules of earlier files are not compiled again for each file. */
export interface CompilerMemory {
  readonly conditions: ConditionMemory;
  readonly excepted: Map<RuleDefinition, ExceptedCondition>;
  readonly sources: Map<ByteString, SourceMemory>;
}

/** What the rules of one source share. */
export interface SourceMemory {
  readonly table: FieldTable;
  readonly scope: Scope;
  readonly compiled: CompiledTrees;
  readonly predicates: Map<Expr, Result<Predicate>>;
  readonly unsafe: KnownUnsafe;
  readonly warnings: KnownWarnings;
  readonly templates: Map<ByteString, Result<Template>>;
}

export function createCompilerMemory(): CompilerMemory {
  return { conditions: createConditionMemory(), excepted: new Map(), sources: new Map() };
}

/** One rule on its way through the compiler. */
export interface Job {
  readonly definition: RuleDefinition;
  readonly stage: ConditionStage;
  readonly options: LoadOptions;
  readonly memory: CompilerMemory;
  readonly source: SourceMemory;
  readonly warn: Warn;
}

/** Errors that `skip-if-unknown-filter` turns into warnings. */
export const UNKNOWN = /nonexistent field|invalid formatting token|unknown event type|unknown filter:/;

/** The memory of a source, made on first use. */
export function sourceMemory(memory: CompilerMemory, name: ByteString, table: FieldTable): SourceMemory {
  const known = memory.sources.get(name);
  if (known !== undefined) return known;
  const made = {
    table,
    scope: createScope(table),
    compiled: new Map(),
    predicates: new Map(),
    unsafe: new Map(),
    warnings: new Map(),
    templates: new Map(),
  };
  memory.sources.set(name, made);
  return made;
}
