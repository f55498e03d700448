// tsfalco explain --rule with a correlation: what its events were, in time, and what was missing.

import { createCorrelationRun } from '../../authoring/correlate.js';
import type { Workspace } from '../../authoring/workspace.js';
import type { ByteString } from '../../bytes.js';
import type { LoadedCorrelation } from '../../engine/rules/loader.js';
import type { Host } from '../host.js';
import { readLogInto } from '../logs/read.js';

/** @returns 0 if it gives an alert, 1 if not. @throws Failure */
export async function explainCorrelation(
  host: Host,
  workspace: Workspace,
  correlation: LoadedCorrelation,
  path: string,
): Promise<number> {
  const run = createCorrelationRun(workspace.rules, workspace.correlations);
  const report = (line: ByteString): void => host.error(line);
  await readLogInto(
    path,
    workspace.sources.others,
    (payload) => {
      workspace.readEvents(payload, run.take, report);
      return true;
    },
    report,
  );
  const found = run.finish().some(({ name }) => name === correlation.info.name);
  await host.stdout.write(`${run.timeline(correlation)}\n`);
  return found ? 0 : 1;
}
