// The public names, listed by hand. Nothing here loads the AWS SDK: CloudWatch is `tsfalco/cloudwatch`.

export type { PriorityName } from './engine/rules/alert.js';
export type { FieldValue, RuleAlert } from './library/alert.js';
export type { RulesDiagnostic } from './library/diagnostic.js';
export {
  type AuditEvents,
  type Evaluation,
  type LoadedRules,
  loadRules,
  type RuleDescription,
  type RuleExplanation,
  type Ruleset,
  type RulesOptions,
  type RulesText,
} from './library/rules.js';
export { openSource, type SourceOptions, type WatchOptions, watch } from './library/sources.js';
export { type Batch, type Source, SourceError } from './sources/source.js';
