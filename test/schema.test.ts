import { describe, expect, it } from 'vitest';
import { type Schema, validate } from '../src/schema.js';
import { parseYaml } from '../src/yaml.js';

function statuses(schema: Schema, yaml: string): readonly string[] {
  const { documents, error } = parseYaml(yaml);
  if (error !== undefined) throw new Error(error.message);
  return validate(schema, documents[0]!);
}

const TYPE = "Value type not permitted by 'type' constraint.";

describe('types', () => {
  it.each([
    ['boolean', 'true', true],
    ['boolean', "'false'", true],
    ['boolean', 'yes', false],
    ['boolean', 'True', false],
    ['integer', "'007'", true],
    ['integer', '-1', true],
    ['integer', '0x10', false],
    ['integer', '5.0', false],
    ['number', '.1', true],
    ['number', '1e3', true],
    ['number', 'x', false],
    ['string', '[a]', false],
    ['string', '~', false],
    ['null', '~', true],
    ['null', "''", true],
    ['null', 'x', false],
    ['array', '[]', true],
    ['array', '{}', false],
    ['array', '~', false],
    ['object', '{}', true],
    ['object', 'x', false],
  ] as const)('%s takes %s: %j', (type, yaml, valid) => {
    expect(statuses({ type }, yaml)).toEqual(valid ? ['ok'] : [`failed for <root>: ${TYPE}`]);
  });
});

describe('faults', () => {
  it('come from the inside out, each level once', () => {
    const schema: Schema = { items: { properties: { a: { type: 'boolean' } } } };
    expect(statuses(schema, '- {a: true}\n- {a: 5}')).toEqual([
      `failed for <root>[1][a]: ${TYPE}`,
      "failed for <root>[1]: Failed to validate against schema associated with property name 'a'.",
      'failed for <root>: Failed to validate item #1 in array.',
    ]);
  });

  it('of enumerations need a text', () => {
    const schema: Schema = { type: 'string', enum: ['a'] };
    expect(statuses(schema, 'b')).toEqual(['failed for <root>: Failed to match against any enum values.']);
    expect(statuses(schema, '[a]')).toEqual([
      `failed for <root>: ${TYPE}`,
      'failed for <root>: Failed to match against any enum values.',
    ]);
  });

  it('of anyOf hold those of every choice', () => {
    expect(statuses({ anyOf: [{ type: 'integer' }, { type: 'boolean' }] }, 'x')).toEqual([
      `failed for <root>: ${TYPE}`,
      'failed for <root>: Failed to validate against child schema #0.',
      `failed for <root>: ${TYPE}`,
      'failed for <root>: Failed to validate against child schema #1.',
      'failed for <root>: Failed to validate against any schemas allowed by anyOf constraint.',
    ]);
  });

  it.each([
    ['1', 'failed for <root>: Failed to validate against exactly one child schema.'],
    ['true', 'ok'],
  ])('of oneOf count matches: %s', (yaml, status) => {
    expect(statuses({ oneOf: [{ type: 'integer' }, { type: 'number' }, { type: 'boolean' }] }, yaml)[0]).toBe(
      status,
    );
  });

  it.each([
    ['5', 'ok'],
    ['-1', 'failed for <root>: Expected number greater than or equal to 0.000000'],
    ['11', 'failed for <root>: Expected number less than or equal to 10.000000'],
  ])('of ranges: %s', (yaml, status) => {
    expect(statuses({ minimum: 0, maximum: 10 }, yaml)).toEqual([status]);
  });

  it('of properties: unknown, repeated, missing, too few', () => {
    const schema: Schema = {
      properties: { a: {}, b: {} },
      additionalProperties: false,
      required: ['b', 'a'],
    };
    const unwanted =
      "Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints";
    expect(statuses(schema, '{a: 1, z: 1, y: 1, b: 1}')).toEqual([`failed for <root>: ${unwanted}: 'z'.`]);
    expect(statuses(schema, '{a: 1, b: 1, a: 2}')).toEqual([`failed for <root>: ${unwanted}: ''.`]);
    expect(statuses(schema, '{}')).toEqual([
      "failed for <root>: Missing required property 'a'.",
      "failed for <root>: Missing required property 'b'.",
    ]);
    expect(statuses({ minProperties: 1 }, '{}')).toEqual([
      'failed for <root>: Object should have no fewer than 1 properties.',
    ]);
  });

  it('of other properties follow their schema', () => {
    expect(statuses({ additionalProperties: { type: 'boolean' } }, '{a: true, b: 1}')).toEqual([
      `failed for <root>[b]: ${TYPE}`,
      'failed for <root>: Failed to validate against additional properties schema.',
    ]);
  });

  it('are found through references', () => {
    expect(statuses({ $ref: '#/definitions/A', definitions: { A: { type: 'boolean' } } }, 'x')).toEqual([
      `failed for <root>: ${TYPE}`,
    ]);
  });
});
