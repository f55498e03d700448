import { describe, expect, it } from 'vitest';
import { checkPluginRequirements, isCompatible, parseVersion } from '../../../src/engine/rules/versions.js';

describe('parseVersion', () => {
  it.each([
    ['1.2.3', [1, 2, 3]],
    ['0.26.0-rc1', [0, 26, 0]],
    [' 1. 2. 3', [1, 2, 3]],
    ['0.-7.0', [0, 4294967289, 0]],
    ['+1.0.0', [1, 0, 0]],
    ['99999999999999999999.0.0', [4294967295, 0, 0]],
    ['4294967296.0.0', [0, 0, 0]],
    ['1.2', undefined],
    ['v1.2.3', undefined],
    ['', undefined],
  ])('%j is %j', (text, version) => {
    expect(parseVersion(text)).toEqual(version);
  });
});

describe('isCompatible', () => {
  it.each([
    [[0, 63, 0], [0, 63, 0], true],
    [[0, 63, 0], [0, 7, 9], true],
    [[0, 63, 0], [0, 63, 1], false],
    [[1, 0, 0], [0, 63, 0], false],
  ] as const)('%j meets %j: %j', (have, wanted, verdict) => {
    expect(isCompatible(have, wanted)).toBe(verdict);
  });
});

describe('checkPluginRequirements', () => {
  const plugins = [
    { name: 'k8saudit', version: '0.18.0' },
    { name: 'odd', version: 'x' },
  ];
  const check = (...required: readonly (readonly (readonly [string, string])[])[]) =>
    checkPluginRequirements(
      required.map((alternatives) => alternatives.map(([name, version]) => ({ name, version }))),
      plugins,
    );

  it('lets the first loaded alternative decide', () => {
    expect(
      check([
        ['nope', '1.0.0'],
        ['k8saudit', '0.7.0'],
      ]),
    ).toBeUndefined();
    expect(
      check([
        ['k8saudit', '0.99.0'],
        ['k8saudit-eks', '0.1.0'],
      ]),
    ).toBe("Plugin 'k8saudit' version '0.18.0' is not compatible with required plugin version '0.99.0'");
  });

  it('wants every entry, and names all alternatives', () => {
    expect(
      check(
        [['k8saudit', '0.7.0']],
        [
          ['a', '1.0.0'],
          ['b', '2.0.0'],
        ],
      ),
    ).toBe('Plugin requirement not satisfied, must load one of: a (>= 1.0.0), b (>= 2.0.0)');
  });

  it('tells of a plugin with an odd version', () => {
    expect(check([['odd', '1.0.0']])).toBe("Plugin 'odd' has invalid version string 'x'");
  });
});
