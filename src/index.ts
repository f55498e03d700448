// The public names, listed by hand. Nothing here loads the AWS SDK: CloudWatch is `tsfalco/cloudwatch`.

export type { PriorityName } from './engine/rules/alert/alert.js';
export type { FieldValue, RuleAlert } from './library/alert.js';
export type { RulesDiagnostic } from './library/diagnostic.js';
export { type ExplanationTree, explain, type RuleExplanation } from './library/explain.js';
export { lintRules, type RulesAdvice } from './library/lint.js';
export { type FieldDescription, listFields, listWords, type WordDescription } from './library/reference.js';
export {
  type AuditEvents,
  type Evaluation,
  type LoadedRules,
  loadRules,
  type RuleDescription,
  type Ruleset,
  type RulesOptions,
} from './library/rules.js';
export type { RulesText } from './library/rules-text.js';
export { openSource, type SourceOptions, type WatchOptions, watch } from './library/sources.js';
export { type TestOptions, type TestResult, testRules } from './library/tests.js';
export { formatRules, quoteText, type RulesItem } from './library/write.js';
export { SuiteError } from './rule-test/suite-file.js';
export { type Batch, type Source, SourceError } from './sources/source.js';
