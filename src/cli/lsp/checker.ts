// A thread that checks and lays out documents (see checks.ts), so that the server answers questions meanwhile. In: what the
// plugins are loaded from, then jobs, with the documents that have changed since the one before. Out: an answer to each.

import '../../runtime/node.js';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { type Formatted, formatRules } from '../../authoring/format/file.js';
import type { LintSettings } from '../../authoring/lint-settings.js';
import type { ByteString } from '../../bytes.js';
import type { Environment } from '../../config/read/env.js';
import { SYSTEM_FILES } from '../../config/read/files.js';
import { type Checked, check, isRules, isSuite } from '../../language/check.js';
import { documentOf } from '../../language/document.js';
import { createProject, type Project, withOutline } from '../../language/project.js';
import { loadToolPlugins, type PluginArguments } from '../load/tool-plugins.js';
import { diagnosticOf, suiteDiagnostics } from './diagnostics.js';
import type { Diagnostic } from './protocol.js';

export interface CheckerInput {
  readonly plugins: PluginArguments;
  readonly env: Environment;
}

export interface CheckerJob {
  readonly kind: 'check' | 'format';
  readonly uri: string;
  readonly settings: LintSettings;
  /** Documents that are new or different. */
  readonly changed: readonly { readonly uri: string; readonly version: number; readonly bytes: ByteString }[];
  readonly gone: readonly string[];
}

export interface CheckerAnswer {
  readonly checked?: Checked;
  readonly diagnostics?: readonly Diagnostic[];
  /** Undefined: the document is none that has a layout. */
  readonly formatted?: Formatted | undefined;
}

async function createChecker({ plugins, env }: CheckerInput): Promise<(job: CheckerJob) => CheckerAnswer> {
  // What there was to say has been said by the main thread.
  const host = { env, files: SYSTEM_FILES, error: () => undefined };
  const { sources, semantics, complete } = await loadToolPlugins(host, plugins);
  const project = createProject({ sources, semantics, complete });
  return ({ kind, uri, settings, changed, gone }) => {
    for (const one of gone) project.delete(one);
    for (const one of changed) project.set(withOutline(documentOf(one.uri, one.version, one.bytes)));
    if (kind === 'format') return formatOf(project, uri);
    const document = project.get(uri);
    if (document === undefined) return {};
    const checked = check(project, document, settings);
    const diagnostics = isSuite(document)
      ? suiteDiagnostics(document, project, host)
      : checked.findings.map((finding) => diagnosticOf(document, finding));
    return { checked, diagnostics };
  };
}

function formatOf(project: Project, uri: string): CheckerAnswer {
  const document = project.get(uri);
  return document === undefined || !isRules(document) ? {} : { formatted: formatRules(document.bytes) };
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const checker = createChecker(workerData as CheckerInput);
  port.on('message', (job: CheckerJob) => void checker.then((run) => port.postMessage(run(job))));
}
