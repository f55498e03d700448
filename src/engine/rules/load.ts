// loadRules: rules files → compiled rules and one result for each file, with every error and warning and its place.
// Never throws for what the files hold. Answers to falco_engine::load_rules (spec: rules-language.md §4.5): after each
// file everything collected so far is compiled, so that later files see, change and warn of earlier ones.

import type { ByteString } from '../../bytes.js';
import { parseYaml } from '../../yaml.js';
import type { ErrorCode, WarningCode } from '../diagnostic/codes.js';
import type { Context, Diagnostic, LoadResult, Location } from '../diagnostic.js';
import { type Collector, createCollector } from './collect/collector.js';
import { createCompilerMemory } from './compile/compile-job.js';
import { type CompiledDefinition, type CompileOutput, compileDefinitions } from './compile/compiler.js';
import { isKernelRule, type SourceFile } from './definitions.js';
import {
  fileContext,
  type Hint,
  itemFault,
  LoadFault,
  nodeContext,
  type Recovery,
  untilNul,
  type Warn,
} from './fault.js';
import type { LoadedCorrelation, LoadedRule, LoadOptions, LoadOutcome, RulesFile } from './loader.js';
import { readItems } from './read/reader.js';
import { checkSchema } from './read/schema.js';
import { placeOfContext, placeOfMark, sourceFile } from './texts/place.js';
import { printVersion } from './versions.js';

const LOWEST_PRIORITY = 7;
/** Of one file; more only come from files made to fill the memory. */
const MAX_WARNINGS = 50_000;
/** Of one file, while loading recovers. */
const MAX_ERRORS = 1000;

/** Loads files in order. Stops at the first one with an error unless told to go on. */
export function loadRules(files: readonly RulesFile[], options: LoadOptions): LoadOutcome {
  const loader = openLoader(options);
  for (const file of files) if (!loader.add(file).successful && !options.keepGoing) break;
  return loader.outcome();
}

/** Loads files one by one; what has not changed since the file before is not compiled again. */
export interface Loader {
  add(file: RulesFile): LoadResult;
  /** What all files so far come to. */
  outcome(): LoadOutcome;
  /**
   * Compiles one more rule against what was loaded, and forgets it.
   * @param file holds this rule and nothing else
   */
  tryRule(file: RulesFile, name: ByteString): LoadedRule | Diagnostic;
}

/** A loader that has read nothing. */
export function openLoader(options: LoadOptions): Loader {
  const collector = createCollector(options.tables);
  const memory = createCompilerMemory();
  const load: Load = {
    ...{
      options,
      collector,
      memory,
      files: new Map(),
      contents: new Map(),
      broken: new Set(options.recover?.broken),
    },
  };
  const results: LoadResult[] = [];
  let output: CompileOutput | undefined;
  return {
    add(file) {
      const loaded = loadFile(file, load);
      results.push(loaded.result);
      output = loaded.output ?? output;
      return loaded.result;
    },
    outcome: () => outcomeOf(load, results, output),
    tryRule(file, name) {
      const { result, output: tried } = loadFile(file, load);
      collector.forgetRule(name);
      const compiled = tried?.rules.find(({ definition }) => definition.name === name);
      return compiled === undefined ? result.errors[0]! : loadedRule(compiled, options);
    },
  };
}

function outcomeOf(
  { collector, options }: Load,
  results: readonly LoadResult[],
  output: CompileOutput | undefined,
): LoadOutcome {
  const successful = results.every((result) => result.successful);
  const kernelFiles = kernelFilesOf(collector);
  const { requiredPlugins } = collector;
  const enforced = requiredPlugins.filter(({ context }) => !kernelFiles.has(fileOf(context)));
  return {
    results: [...results],
    successful,
    rules:
      (successful || options.recover !== undefined) && output !== undefined
        ? loadedRules(output, options)
        : [],
    correlations: successful && output !== undefined ? loadedCorrelations(output, options) : [],
    requiredEngineVersion: printVersion(collector.requiredEngine()),
    requiredPluginVersions: requiredPlugins.map(({ alternatives }) => alternatives),
    enforcedPluginVersions: enforced.map(({ alternatives }) => alternatives),
    kernelFiles: [...kernelFiles],
    definitions: { collector, output },
  };
}

const fileOf = (context: Context): ByteString => context.locations[0]!.name;

/** Files whose rules are all for system calls, of which nothing is read here. */
function kernelFilesOf({ rules }: Collector): ReadonlySet<ByteString> {
  const all = [...rules.values()];
  const kernel = new Set(all.filter(isKernelRule).map(({ context }) => fileOf(context)));
  for (const rule of all) if (!isKernelRule(rule)) kernel.delete(fileOf(rule.context));
  return kernel;
}

interface Load {
  readonly options: LoadOptions;
  readonly collector: Collector;
  readonly memory: ReturnType<typeof createCompilerMemory>;
  readonly files: Map<ByteString, SourceFile>;
  readonly contents: Map<ByteString, ByteString>;
  /** Items with an error, while loading recovers. */
  readonly broken: Set<ByteString>;
}

interface LoadedFile {
  readonly result: LoadResult;
  /** undefined: the file has an error. */
  readonly output: CompileOutput | undefined;
}

function loadFile({ name, content }: RulesFile, load: Load): LoadedFile {
  const { collector, options, memory, contents } = load;
  const warnings: Diagnostic[] = [];
  const warn: Warn = (code, message, context, extra = {}) => {
    const { deprecatedField } = extra;
    const field = deprecatedField === undefined ? {} : { deprecatedField };
    if (warnings.length >= MAX_WARNINGS) throw itemFault(`more than ${MAX_WARNINGS} warnings`, context);
    warnings.push({ ...diagnose(load, 'warning', code, message, context, extra), ...field });
  };
  contents.set(name, content);
  const yaml = parseYaml(content);
  const file = sourceFile(name, yaml);
  load.files.set(name, file);
  const base = { name, schemaStatus: [] as readonly ByteString[], warnings, contents };
  const errors: Diagnostic[] = [];
  const note = (code: ErrorCode, message: ByteString, context: Context, hint: Hint): void => {
    if (errors.length < MAX_ERRORS) errors.push(diagnose(load, 'error', code, message, context, hint));
  };
  const failed = (code: ErrorCode, message: ByteString, context: Context, hint?: Hint): LoadedFile => {
    note(code, message, context, hint ?? {});
    return { result: { ...base, successful: false, errors }, output: undefined };
  };
  const recovery: Recovery | undefined =
    options.recover !== undefined
      ? {
          report: (fault) => note(fault.code, fault.message, fault.context, fault.hint),
          failed: () => errors.length > 0,
          broken: load.broken,
        }
      : undefined;
  if (yaml.error !== undefined) {
    const { message, mark, advice } = yaml.error;
    const context = nodeContext(mark, 'value for', '', fileContext(name));
    return failed('LOAD_ERR_YAML_PARSE', untilNul(message), context, advice ?? {});
  }
  const schema = checkSchema(yaml.documents);
  if ('error' in schema) return failed('LOAD_ERR_YAML_PARSE', schema.error, fileContext(name));
  base.schemaStatus = schema.status.map(cutLong);
  try {
    readItems(yaml.documents, { file, collector, warn, recovery });
    const output = compileDefinitions(collector, options, memory, warn, recovery);
    return { result: { ...base, successful: errors.length === 0, errors }, output };
  } catch (error) {
    if (!(error instanceof LoadFault)) throw error;
    return failed(error.code, error.message, error.context, error.hint);
  }
}

function diagnose(
  { files }: Load,
  severity: Diagnostic['severity'],
  code: ErrorCode | WarningCode,
  message: ByteString,
  context: Context,
  { place, mark, suggestion, help, appended, missing }: Hint,
): Diagnostic {
  const exact =
    place ?? (mark === undefined ? placeOfContext(context, files) : placeOfMark(mark, context, files));
  return {
    severity,
    code,
    message: cutLong(message),
    context: { ...context, locations: context.locations.map(cutNames) },
    place: exact,
    ...(suggestion !== undefined && { suggestion }),
    ...(help !== undefined && { help: cutLong(help) }),
    ...(appended !== undefined && { appended }),
    ...(missing !== undefined && { missing }),
  };
}

/** Names and texts of the file in messages: what is longer says no more. */
const LONGEST = 4096;

const cutLong = (text: ByteString): ByteString =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length} bytes)` : text;

const cutNames = (location: Location): Location => ({ ...location, itemName: cutLong(location.itemName) });

function loadedRules({ rules }: CompileOutput, options: LoadOptions): readonly LoadedRule[] {
  return rules.map((compiled) => loadedRule(compiled, options));
}

function loadedCorrelations(
  { correlations }: CompileOutput,
  options: LoadOptions,
): readonly LoadedCorrelation[] {
  return correlations.map((compiled) => ({ ...loadedItem(compiled.definition, options), compiled }));
}

function loadedRule(compiled: CompiledDefinition, options: LoadOptions): LoadedRule {
  return { ...loadedItem(compiled.definition, options), compiled };
}

type Item = Pick<CompiledDefinition['definition'], 'name' | 'source' | 'priority' | 'tags' | 'enabled'>;

function loadedItem(
  { name, source, priority, tags, enabled }: Item,
  options: LoadOptions,
): Omit<LoadedRule, 'compiled'> {
  return {
    info: { name, source, priority, tags: [...tags].sort() },
    enabled,
    belowMinimum: priority > (options.minimumPriority ?? LOWEST_PRIORITY),
  };
}
