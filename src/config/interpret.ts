// In: the merged configuration. Out: all its sections, typed, read in Falco's order, so that of several faults the same
// one is reported (spec: cli-and-config.md §2.3). Answers to falco_configuration::load_yaml.

import type { ByteString } from '../bytes.js';
import type { LogSettings } from '../log.js';
import type { Config, ConfigMessage } from './config.js';
import { fileFault } from './fault.js';
import type { Files } from './read/files.js';
import { createReader, type Reader } from './read/read.js';
import type { Tree } from './read/tree.js';
import { checkSyscalls, readCapture, readEngine } from './sections/kernel-sections.js';
import {
  appendOutputWarning,
  readAppendOutput,
  readRuleSelection,
  readStaticFields,
} from './sections/lists.js';
import { readLog } from './sections/log-section.js';
import { readOutputs } from './sections/outputs-section.js';
import { readOwn } from './sections/own.js';
import { readPlugins } from './sections/plugins.js';
import { readMetrics, readPriority, readRuleMatching, readWebserver } from './sections/sections.js';

export interface InterpretContext {
  /** Main file, for messages. */
  readonly file: ByteString;
  readonly files: Files;
  /** `-U` */
  readonly unbuffered: boolean;
  readonly warnings: ConfigMessage[];
  /** Called once the log's settings are known, before anything else can be wrong. */
  readonly onLog: (log: LogSettings) => void;
}

export type Interpreted = Omit<Config, 'file' | 'files' | 'folders' | 'tree'>;

/** @throws ConfigError */
export function interpret(tree: Tree, context: InterpretContext): Interpreted {
  const { file, warnings } = context;
  const reader = createReader(tree);
  const log = readLog(reader);
  context.onLog(log);
  const engine = readEngine(reader, file);
  const rulesFiles = readRulesFiles(reader, file, warnings).filter(
    (path) => context.files.kind(path) !== undefined,
  );
  const outputs = readOutputs(reader, file, context.unbuffered);
  const ruleMatching = readRuleMatching(reader);
  const priority = readPriority(reader);
  const webserver = readWebserver(reader, file);
  checkSyscalls(reader, file);
  const captureEnabled = readCapture(reader, file);
  const rules = readRuleSelection(reader);
  const appendOutput = readAppendOutput(reader);
  for (const entry of appendOutput) {
    const text = appendOutputWarning(entry);
    if (text !== undefined) warnings.push({ level: 'warning', text });
  }
  const staticFields = readStaticFields(reader);
  const plugins = readPlugins(reader, file);
  return {
    log,
    engine,
    rulesFiles,
    rules,
    ruleMatching,
    priority,
    json: readJson(reader),
    outputs,
    appendOutput,
    staticFields,
    plugins,
    pluginsHostinfo: reader.flag('plugins_hostinfo', true),
    webserver,
    metrics: readMetrics(reader),
    captureEnabled,
    watchConfigFiles: reader.flag('watch_config_files', true),
    tsfalco: readOwn(reader),
  };
}

function readRulesFiles(reader: Reader, file: ByteString, warnings: ConfigMessage[]): readonly ByteString[] {
  const current = reader.node('rules_files') === undefined ? undefined : reader.texts('rules_files');
  const former = reader.node('rules_file') === undefined ? undefined : reader.texts('rules_file');
  if (former !== undefined) {
    warnings.push({
      level: 'warning',
      text: "Using deprecated config key 'rules_file' (singular form). Please use new 'rules_files' config key (plural form).",
    });
    if (current !== undefined) throw fileFault(file, "both 'rules_files' and 'rules_file' keys set");
  }
  return current ?? former ?? [];
}

function readJson(reader: Reader): Config['json'] {
  return {
    enabled: reader.flag('json_output', false),
    output: reader.flag('json_include_output_property', true),
    tags: reader.flag('json_include_tags_property', true),
    message: reader.flag('json_include_message_property', false),
    outputFields: reader.flag('json_include_output_fields_property', true),
  };
}
