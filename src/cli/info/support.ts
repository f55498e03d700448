// --support: what a report of trouble needs, one line of JSON (spec: cli-and-config.md §1.11).

import { hostname, machine, release, type, version } from 'node:os';
import { type ByteString, fromBytes, toBytes } from '../../bytes.js';
import type { Config } from '../../config/config.js';
import { dumpTree } from '../../config/dump.js';
import { FALCO_VERSION, versionInfo } from '../arguments/versions.js';
import type { Engine } from '../load/engine.js';
import type { Rules } from '../load/rules.js';

export function supportText(
  commandLine: ByteString,
  config: Config,
  engine: Engine,
  rules: Rules,
): ByteString {
  const document = {
    cmdline: fromBytes(commandLine),
    config: fromBytes(dumpTree(config.tree)),
    engine_info: versionInfo(engine.plugins.map(({ plugin }) => plugin)),
    rules_files: rules.files.map(({ name, content }) => ({
      name: fromBytes(name),
      variants: [{ content: fromBytes(content) }],
    })),
    system_info: {
      machine: machine(),
      nodename: hostname(),
      release: release(),
      sysname: type(),
      version: version(),
    },
    version: FALCO_VERSION,
  };
  return `${toBytes(JSON.stringify(document))}\n`;
}
