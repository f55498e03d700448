// The JSON schema (2020-12) of suites, the files of `tsfalco test`, for editors. What suite.ts reads, it takes.

const texts = (description: string) => ({ type: 'array', description, items: { type: 'string' } });

const SOURCE = {
  type: 'string',
  description: 'The event source that events are of, where their content does not tell.',
  examples: ['k8s_audit', 'aws_cloudtrail'],
} as const;

const EVENT = { type: 'object', description: 'An audit event.' } as const;

const EVENT_OR_NAME = {
  description: 'An event, or the name of one of events.',
  anyOf: [{ type: 'string' }, EVENT],
} as const;

const FILE = {
  type: 'string',
  description: 'A file with one event as JSON, relative to this file.',
} as const;

const CHANGES = {
  type: 'object',
  description: 'Changes of the event, by dotted path or JSON pointer.',
  examples: [{ 'user.username': 'bob', verb: 'delete' }],
} as const;

const STEP = {
  type: 'object',
  additionalProperties: false,
  oneOf: ['event', 'file'].map((key) => ({ required: [key] })),
  properties: {
    event: EVENT_OR_NAME,
    file: FILE,
    with: CHANGES,
    after: {
      type: ['string', 'integer'],
      description: 'How long after the event before: 30s, 2m, 1h; a second if left out.',
    },
    times: { type: 'integer', minimum: 1, description: 'How many of them, each so long after the other.' },
  },
} as const;

const EXPECTATION = {
  anyOf: [
    { type: 'string', description: 'Name of a rule.' },
    {
      type: 'object',
      required: ['rule'],
      additionalProperties: false,
      properties: {
        rule: { type: 'string', description: 'Name of the rule.' },
        output: { type: 'string', description: 'Its whole message, without time and priority.' },
        contains: {
          description: 'Parts of its message.',
          anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
        },
      },
    },
  ],
} as const;

const expectations = (description: string) => ({
  description,
  anyOf: [{ type: 'string' }, { type: 'array', items: EXPECTATION }],
});

export const SUITE_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Tests of Falco rules',
  description: 'A suite for tsfalco test: events, and the rules that are to match them.',
  type: 'object',
  required: ['tests'],
  additionalProperties: false,
  properties: {
    rules: texts('Rules files, relative to this file, in the order of loading.'),
    enable: texts('Rules that their files disable and that these tests need.'),
    source: SOURCE,
    events: {
      type: 'object',
      description: 'Events by name, for tests to use and to change.',
      additionalProperties: EVENT,
    },
    tests: {
      type: 'array',
      items: {
        type: 'object',
        required: ['test'],
        additionalProperties: false,
        anyOf: ['expect', 'includes', 'excludes'].map((key) => ({ required: [key] })),
        oneOf: ['event', 'file', 'text', 'sequence'].map((key) => ({ required: [key] })),
        properties: {
          test: { type: 'string', minLength: 1, description: 'What is tested; no other test has this name.' },
          source: SOURCE,
          event: EVENT_OR_NAME,
          file: FILE,
          text: { type: 'string', description: 'The event as it comes, even if that is no JSON.' },
          with: CHANGES,
          sequence: {
            type: 'array',
            minItems: 1,
            description: 'Events one after the other, for correlations.',
            items: STEP,
          },
          expect: expectations('Exactly these rules match; none, or an empty list: no rule.'),
          includes: expectations('These rules match, and maybe others.'),
          excludes: texts('These rules do not match.'),
        },
      },
    },
  },
  examples: [
    {
      rules: ['rules.yaml'],
      events: { exec: { verb: 'get', objectRef: { resource: 'pods', subresource: 'exec' } } },
      tests: [{ test: 'an exec is seen', event: 'exec', expect: ['Exec in kube-system'] }],
    },
  ],
} as const;
