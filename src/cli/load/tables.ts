// In: sources, plugins and configuration. Out: what rules can read (field tables) and what is added to their outputs
// (spec: cli-and-config.md §2.7). Answers to falco's init_falco_engine.

import type { ByteString } from '../../bytes.js';
import type { AppendOutputConfig, Config } from '../../config/config.js';
import type { ExtraField, ExtraOutput, OutputMatch } from '../../engine/rules/loader.js';
import type { FieldTable } from '../../fields/field.js';
import type { Log } from '../../log.js';
import { createFieldTable, fieldOverlap } from '../../plugins/field-table.js';
import type { OnReaderFault } from '../../plugins/plugin-field.js';
import { BUILT_IN } from '../../plugins/registry.js';
import { Failure } from '../host.js';
import type { LoadedPlugin } from './plugins.js';

/** Field tables by event source, in the order of the sources. */
export type Tables = ReadonlyMap<string, FieldTable>;

/** @throws Failure where two plugins extract the same fields */
export function createTables(
  sources: readonly string[],
  loaded: readonly LoadedPlugin[],
  config: Config,
  hostname: ByteString,
  onFault: OnReaderFault,
): Tables {
  const plugins = loaded.map(({ plugin }) => plugin);
  const tables = new Map<string, FieldTable>();
  for (const source of sources) {
    const table = createFieldTable(source, {
      plugins,
      known: BUILT_IN,
      onFault,
      staticFields: config.staticFields,
      semantics: config.tsfalco.fieldSemantics,
      hostname: () => hostname,
    });
    const overlap = fieldOverlap(table);
    if (overlap !== undefined) throw new Failure(overlap);
    tables.set(source, table);
  }
  return tables;
}

export interface Additions {
  readonly outputs: readonly ExtraOutput[];
  readonly fields: readonly ExtraField[];
}

/** Values of -p that once added what plugins suggest by themselves now. */
const FORMER_PRINTS: readonly ByteString[] = ['c', 'container', 'k', 'kubernetes'];

/** What `append_output` and -p add to outputs, in Falco's order. */
export function readAdditions(
  config: Config,
  print: ByteString,
  tables: Tables,
  log: Pick<Log, 'write'>,
): Additions {
  const outputs = config.appendOutput.flatMap((entry) => addedOutputs(entry, tables));
  if (print !== '') {
    log.write(
      'warning',
      'The -p/--print option is deprecated and will be removed. Use -o append_output=... instead.',
    );
    if (!FORMER_PRINTS.includes(print)) outputs.push({ format: print });
  }
  return { outputs, fields: config.appendOutput.flatMap(addedFields) };
}

function matchOf({ source, rule, tags }: AppendOutputConfig): OutputMatch {
  return {
    ...(source !== '' && { source }),
    ...(rule !== '' && { rule }),
    ...(tags.length > 0 && { tags }),
  };
}

function addedOutputs(entry: AppendOutputConfig, tables: Tables): readonly ExtraOutput[] {
  const match = matchOf(entry);
  const extra = entry.extraOutput === '' ? [] : [{ ...match, format: entry.extraOutput }];
  if (!entry.suggestedOutput) return extra;
  const suggested = [...tables.values()]
    .filter(({ source }) => entry.source === '' || source === entry.source)
    .flatMap((table) =>
      suggestedFormats(table).map((format) => ({ ...match, source: table.source, format })),
    );
  return [...extra, ...suggested];
}

/** `static_name=%static.name` for each field that is marked so. */
function suggestedFormats({ classes }: FieldTable): readonly ByteString[] {
  return classes
    .flatMap(({ fields }) => fields)
    .filter((field) => field.suggested === true)
    .map(({ name }) => `${name.replaceAll('.', '_')}=%${name}`);
}

function addedFields(entry: AppendOutputConfig): readonly ExtraField[] {
  const match = matchOf(entry);
  return [
    ...entry.formattedFields.map(({ key, format }) => ({ ...match, key, format, raw: false })),
    ...entry.rawFields.map((key) => ({ ...match, key, format: `%${key}`, raw: true })),
  ];
}
