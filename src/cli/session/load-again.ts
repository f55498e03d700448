// In: the arguments of the running program. Out: everything loaded afresh beside what runs, or why it cannot be
// (spec: cli-and-config.md §5.2). The log's lines are kept, so that the restart can say them again, as Falco does.

import type { ByteString } from '../../bytes.js';
import type { Log } from '../../log.js';
import type { LogLevel } from '../../log-levels.js';
import type { Options } from '../arguments/options.js';
import { Failure, type Host } from '../host.js';
import { createEngine } from '../load/engine.js';
import { openableSources, selectSources } from '../load/event-sources.js';
import { openConfig } from '../load/open-config.js';
import { loadRulesFiles } from '../load/rules.js';
import { describeError, finishDryRun, type Loaded, now } from './loaded.js';

export interface LoadedAgain {
  readonly loaded: Loaded;
  /** Writes the lines of loading to the log again. */
  readonly repeatLog: () => void;
}

export type LoadAgain =
  | { readonly ok: true; readonly loaded: LoadedAgain }
  | { readonly ok: false; readonly error: ByteString };

export async function loadAgain(options: Options, host: Host, log: Log): Promise<LoadAgain> {
  const settings = log.settings();
  const lines: { readonly level: LogLevel; readonly message: ByteString }[] = [];
  const recorder: Log = {
    ...log,
    write: (level, message) => {
      lines.push({ level, message });
      log.write(level, message);
    },
  };
  try {
    const opened = await openConfig(options, host, recorder);
    const { config, libraries } = opened;
    const engine = createEngine(config, libraries, options, host.env, recorder);
    const selected = selectSources(engine.sources, config.engine, options);
    const rules = loadRulesFiles(engine, opened, options, host.files);
    const enabled = openableSources(selected, config.engine, options, recorder);
    const loaded = { options, host, config, log, engine, enabled, rules, time: now() };
    finishDryRun(loaded);
    return {
      ok: true,
      loaded: {
        loaded,
        repeatLog: () => {
          for (const { level, message } of lines) log.write(level, message);
        },
      },
    };
  } catch (error) {
    // Falco goes on with the log settings of what it refused; we do not.
    log.configure(settings);
    return { ok: false, error: error instanceof Failure ? error.message : describeError(error) };
  }
}
