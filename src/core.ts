// `tsfalco/core`: rules, events and alerts without files, network, or anything of Node's, for browsers, workers and any other
// runtime. The public names, listed by hand.

export type { PriorityName } from './engine/rules/alert/alert.js';
export type { AlertFields, CorrelationDetails, FieldValue, RuleAlert } from './library/alert.js';
export type { RulesDiagnostic } from './library/diagnostic.js';
export type { AuditEvents } from './library/events.js';
export { type ExplanationTree, explain, type RuleExplanation } from './library/explain.js';
export { lintRules, type RulesAdvice } from './library/lint.js';
export {
  type FieldDescription,
  type ListOptions,
  listFields,
  listWords,
  type WordDescription,
} from './library/reference.js';
export {
  type Evaluation,
  type LoadedRules,
  loadRules,
  type RuleDescription,
  type Ruleset,
  type RulesOptions,
} from './library/rules.js';
export type { RulesText } from './library/rules-text.js';
export { type TestOptions, type TestResult, testRules } from './library/tests.js';
export { formatRules, quoteText, type RulesItem } from './library/write.js';
export { SuiteError } from './rule-test/suite-file.js';
export { type Runtime, useRuntime } from './runtime/runtime.js';
