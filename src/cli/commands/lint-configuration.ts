// tsfalco lint on a falco.yaml: what keeps the configuration from starting, and what has no effect in it.

import { posix } from 'node:path';
import type { ByteString } from '../../bytes.js';
import { checkInitConfigs, checkRulesFiles } from '../../config/check/check-merged.js';
import type { Config, ConfigOutcome } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import type { Mark } from '../../config/read/tree.js';
import { type Finding, finding } from '../../engine/rules/lint/finding.js';
import type { RulesFile } from '../../engine/rules/loader.js';
import { type Libraries, unknownKeys } from '../../plugins/libraries.js';
import { initPlugin } from '../../plugins/settings.js';
import type { Host } from '../host.js';
import { loadConfigured } from '../load/libraries.js';
import { sourceFault } from '../load/source-settings.js';

export interface ConfigurationLint {
  readonly findings: readonly Finding[];
  /** The file and those that it includes. */
  readonly files: readonly RulesFile[];
  readonly partitionKey: readonly ByteString[];
}

export async function lintConfiguration(file: RulesFile, host: Host): Promise<ConfigurationLint> {
  const outcome = loadConfig({
    file: file.name,
    overrides: [],
    unbuffered: false,
    env: host.env,
    files: host.files,
  });
  const files = outcome.ok ? outcome.config.files : [file];
  const lines = linesOf(files);
  const all = outcome.ok ? await ofConfiguration(outcome, host) : [fatal(outcome, file.name)];
  return {
    files,
    partitionKey: outcome.ok ? outcome.config.tsfalco.correlation.partitionKey : [],
    findings: all.map(({ id, mark, text }) => finding(id, text, placeOf(mark, file.name, lines))),
  };
}

interface Said {
  readonly id: 'invalid-configuration' | 'setting-without-effect';
  readonly mark: Mark | undefined;
  readonly text: ByteString;
}

function fatal({ error, notice }: ConfigOutcome & { readonly ok: false }, file: ByteString): Said {
  const text = notice ?? error;
  const place = /line (\d+), column (\d+)/.exec(text);
  const mark =
    place === null ? undefined : { line: Number(place[1]) - 1, column: Number(place[2]) - 1, file };
  return { id: 'invalid-configuration', mark, text };
}

async function ofConfiguration(
  { config, findings }: ConfigOutcome & { readonly ok: true },
  host: Host,
): Promise<readonly Said[]> {
  const libraries = await loadConfigured(config);
  const unknown = checkInitConfigs(config, unknownKeys(libraries));
  const quiet = [...findings, ...unknown, ...checkRulesFiles(config, host.files)];
  return [
    ...pluginFaults(config, libraries).map(
      (text) => ({ id: 'invalid-configuration', mark: undefined, text }) as const,
    ),
    ...quiet.map((each) => ({ id: 'setting-without-effect', ...each }) as const),
  ];
}

/** What would keep plugins from starting. */
function pluginFaults({ plugins }: Config, libraries: Libraries): readonly ByteString[] {
  return plugins.flatMap((config) => {
    const plugin = libraries.find(config.libraryPath);
    const broken = libraries.fault(config.libraryPath);
    if (broken !== undefined) return [`cannot load plugin ${config.libraryPath}: ${broken}`];
    if (plugin === undefined)
      return [`there is no plugin for the library ${posix.basename(config.libraryPath)}`];
    const init = initPlugin(plugin, config);
    return init.ok ? (sourceFault({ plugin, config, ...init }) ?? []) : [init.error];
  });
}

/** Lines of the files by name, each with where it starts. */
type Lines = ReadonlyMap<ByteString, readonly { readonly start: number; readonly text: ByteString }[]>;

function linesOf(files: readonly RulesFile[]): Lines {
  return new Map(
    files.map(({ name, content }) => {
      let end = 0;
      return [
        name,
        content.split(/(?<=\n)/).map((text) => ({ start: (end += text.length) - text.length, text })),
      ];
    }),
  );
}

/** A place with the word that stands there. */
function placeOf(mark: Mark | undefined, main: ByteString, lines: Lines): Finding['place'] {
  const { line, column, file = main } = mark ?? { line: 0, column: 0 };
  const { start, text } = lines.get(file)?.[line] ?? { start: 0, text: '' };
  const word = /^[^\s,{}[\]]+/.exec(text.slice(column))?.[0].replace(/:$/, '') ?? ' ';
  return { file, line: line + 1, column: column + 1, offset: start + column, length: word.length };
}
