// Which rules a look at a log runs: our own, those of -c or -r instead, and more behind them with --with; all, or those that
// --rule and --min-priority leave.

import type { Workspace } from '../../authoring/workspace.js';
import { fromBytes, toBytes } from '../../bytes.js';
import { PRIORITIES, priorityOf } from '../../engine/rules/alert/alert.js';
import type { LoadedCorrelation, LoadedRule } from '../../engine/rules/loader.js';
import { matchesWildcard } from '../../engine/rules/select.js';
import type { EventSources } from '../../plugins/event-sources.js';
import { suggest } from '../../suggest.js';
import { loadWorkspace, misuse } from '../arguments/usage.js';
import { Failure, type Host, MISUSE } from '../host.js';
import { findRulesFiles } from '../load/rules.js';
import { loadToolPlugins, type PluginArguments } from '../load/tool-plugins.js';
import { shipped } from '../shipped.js';

export const RULE_USAGE = `-r RULES   rules files or folders instead of our own; --with RULES: behind them
--rule NAME  only this rule, * for any text; may be repeated
--min-priority PRIORITY  only rules of this priority or a more severe one
`;

export interface RuleArguments extends PluginArguments {
  readonly r?: readonly string[] | undefined;
  readonly with?: readonly string[] | undefined;
  readonly rule?: readonly string[] | undefined;
  readonly 'min-priority'?: string | undefined;
}

/** Our own rules, by the source that they are for. */
const OWN: readonly (readonly [source: string, file: string])[] = [
  ['k8s_audit', 'rules/k8s_audit_rules.yaml'],
  ['k8s_audit', 'rules/eks_audit_rules.yaml'],
  ['k8s_audit', 'rules/gke_audit_rules.yaml'],
  ['k8s_audit', 'rules/aks_audit_rules.yaml'],
  ['k8s_audit', 'rules/k8s_correlation_rules.yaml'],
  ['aws_cloudtrail', 'rules/cloudtrail_rules.yaml'],
  ['okta', 'rules/okta_rules.yaml'],
  ['github', 'rules/github_rules.yaml'],
];

export interface ScanRules {
  readonly workspace: Workspace;
  /** Their files. */
  readonly paths: readonly string[];
  /** Those that run. */
  readonly rules: readonly LoadedRule[];
  readonly correlations: readonly LoadedCorrelation[];
}

/** @throws Failure with exit code 2 where they do not load or none is left */
export async function loadScanRules(host: Host, given: RuleArguments): Promise<ScanRules> {
  const { sources, config } = await loadToolPlugins(host, given);
  const own = OWN.filter(([source]) => sources.names.includes(source)).map(([, file]) =>
    toBytes(shipped(file)),
  );
  const base = given.r?.map(toBytes) ?? config?.rulesFiles ?? own;
  const names = [...base, ...(given.with ?? []).map(toBytes)];
  const advice = { give: (line: string) => host.error(line) };
  const paths = findRulesFiles(names, host.files, advice).files.map(fromBytes);
  if (paths.length === 0) throw misuse('There are no rules to scan with');
  const workspace = load(host, paths, sources);
  const least = readPriority('min-priority', given['min-priority']) ?? PRIORITIES.length;
  const patterns = given.rule?.map(toBytes);
  for (const pattern of patterns ?? []) requireMatch(workspace, pattern);
  const isWanted = ({ info }: Pick<LoadedRule, 'info'>): boolean =>
    info.priority <= least &&
    (patterns === undefined || patterns.some((pattern) => matchesWildcard(pattern, info.name)));
  const rules = workspace.rules.filter(isWanted);
  const correlations = workspace.correlations.filter(isWanted);
  return { workspace, paths, rules, correlations };
}

function load(host: Host, paths: readonly string[], sources: EventSources): Workspace {
  try {
    return loadWorkspace(host, paths, { sources });
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.message, error.kind, MISUSE, error.advice);
    throw error;
  }
}

function requireMatch(workspace: Workspace, pattern: string): void {
  const rules = [...workspace.rules, ...workspace.correlations];
  if (rules.some(({ info }) => matchesWildcard(pattern, info.name))) return;
  const near = suggest(
    pattern,
    rules.map(({ info }) => info.name),
  );
  const meant = near === undefined ? '' : `; did you mean "${fromBytes(near)}"?`;
  throw misuse(`There is no enabled rule "${fromBytes(pattern)}"${meant}`);
}

/** The number of a priority by name. @throws Failure */
export function readPriority(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const priority = priorityOf(toBytes(text));
  if (priority === undefined)
    throw misuse(`--${option} ${text} is no priority; there are: ${PRIORITIES.join(', ')}`);
  return priority;
}
