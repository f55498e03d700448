import { describe, expect, it } from 'vitest';
import { type Options, parseOptions } from '../../src/cli/arguments/options.js';

const present = (path: string): boolean => path !== 'nope.yaml' && path !== '/etc/falco/falco.yaml';

function parse(...argv: readonly string[]): Options {
  const parsed = parseOptions(argv, present);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.options;
}

function fault(...argv: readonly string[]): string {
  const parsed = parseOptions(argv, present);
  return parsed.ok ? 'no error' : parsed.error;
}

describe('values', () => {
  it.each([
    [['-c', 'a.yaml'], 'a.yaml'],
    [['-ca.yaml'], 'a.yaml'],
    [['-c', 'nope.yaml', '-c', 'a.yaml'], 'a.yaml'],
    [['-vUc', 'a.yaml'], 'a.yaml'],
    [['-c', '-V'], '-V'],
    [['-c', ''], undefined],
  ])('%j gives the configuration %j', (argv, file) => {
    expect(parse(...argv).configFile).toBe(file);
  });

  it('collects options that may come several times', () => {
    const options = parse('-r', 'a', '-rb', '-o', 'x=1,2', '--option', 'y=3', '--option=z=4', '-r', ' c');
    expect(options.rules).toEqual(['a', 'b', ' c']);
    expect(options.overrides).toEqual(['x=1,2', 'y=3', 'z=4']);
  });

  it('keeps -o=key=val as it is: cxxopts knows no = behind a letter', () => {
    expect(parse('-o=key=val').overrides).toEqual(['=key=val']);
  });

  it('takes the value of --list with = only', () => {
    expect(parse('--list', 'k8s_audit')).toMatchObject({ list: true, listSource: '' });
    expect(parse('--list=k8s_audit')).toMatchObject({ list: true, listSource: 'k8s_audit' });
    expect(parse('--list=')).toMatchObject({ list: true, listSource: '' });
    expect(parse('-v')).toMatchObject({ list: false });
  });

  it.each([
    [['--dry-run'], true],
    [['--dry-run=true'], true],
    [['--dry-run=T'], true],
    [['--dry-run=1'], true],
    [['--dry-run=false'], false],
    [['--dry-run=F'], false],
    [['--dry-run=0'], false],
    [['--dry-run='], false],
    [['--dry-run', '--dry-run=false'], false],
    [['--dry-run', 'false'], true],
  ])('%j is dry-run %j', (argv, dryRun) => {
    expect(parse(...argv).dryRun).toBe(dryRun);
  });

  it.each([
    ['3', 3],
    ['-5', -5],
    ['0x1F', 31],
    ['010', 10],
    ['2147483647', 2147483647],
  ])('-M %s is %j', (text, seconds) => {
    expect(parse('-M', text).duration).toBe(seconds);
    expect(parse(`-M${text}`).duration).toBe(seconds);
  });

  it('ignores positional arguments and all behind --', () => {
    expect(parse('extra', '-', '', '-v', '--', '-Z', '--nope').verbose).toBe(true);
  });

  it('turns text into bytes', () => {
    expect(parse('-r', 'ä.yaml').rules).toEqual(['\xc3\xa4.yaml']);
  });

  it.each([
    ['JSON', 'json'],
    ['Markdown', 'markdown'],
    ['text', 'text'],
    ['', 'text'],
  ])('--format %j is %s', (value, format) => {
    expect(parse('--format', value).format).toBe(format);
  });

  it('takes --markdown with a warning', () => {
    const parsed = parseOptions(['--markdown'], present);
    expect(parsed).toMatchObject({ ok: true, options: { format: 'markdown' } });
    expect(parsed.ok && parsed.warnings).toEqual([
      'WARNING: --markdown is deprecated, use --format markdown instead.',
    ]);
  });

  it('falls back on the default configuration if there is one', () => {
    const parsed = parseOptions([], () => true);
    expect(parsed.ok && parsed.options.configFile).toBe('/etc/falco/falco.yaml');
  });
});

describe('errors', () => {
  it.each([
    [['--bogus'], 'Option ‘bogus’ does not exist'],
    [['--nope1', '--nope2'], 'Option ‘nope1’ does not exist'],
    [['-Z'], 'Option ‘Z’ does not exist'],
    [['-vZ'], 'Option ‘Z’ does not exist'],
    [['-v=false'], 'Option ‘=’ does not exist'],
    [['-dry-run'], 'Option ‘d’ does not exist'],
    [['--dry'], 'Option ‘dry’ does not exist'],
    [['--v'], 'Argument ‘--v’ starts with a - but has incorrect syntax'],
    [['-ä'], 'Argument ‘-ä’ starts with a - but has incorrect syntax'],
    [['-c'], 'Option ‘c’ is missing an argument'],
    [['-vc'], 'Option ‘c’ is missing an argument'],
    [['--disable-source'], 'Option ‘disable-source’ is missing an argument'],
    [['--dry-run=maybe'], 'Argument ‘maybe’ failed to parse'],
    [['-M', 'abc'], 'Argument ‘abc’ failed to parse'],
    [['-M', '1.5'], 'Argument ‘1.5’ failed to parse'],
    [['-M', ''], 'Argument ‘’ failed to parse'],
    [['-M', '+1'], 'Argument ‘+1’ failed to parse'],
    [['-M', '0x'], 'Argument ‘0x’ failed to parse'],
    [['-M', '2147483648'], 'Argument ‘2147483648’ failed to parse'],
    [['-c', 'nope.yaml'], 'Could not find configuration file at nope.yaml'],
    [
      ['-c=falco.yaml', '-c', 'nope.yaml', '--format', 'xml'],
      'Could not find configuration file at nope.yaml',
    ],
    [['-c', 'nope.yaml', '--nope'], 'Option ‘nope’ does not exist'],
    [['--format', 'xml'], "Invalid format 'xml'. Valid values are: text, markdown, json"],
    [['--markdown', '--format', 'xml'], 'Cannot specify both --markdown and --format options together'],
  ])('%j: %s', (argv, message) => {
    expect(fault(...argv)).toBe(message);
  });

  it('advises on options that Falco no longer has', () => {
    expect(parseOptions(['-t', 'k8s'], present)).toEqual({
      ok: false,
      error: 'Option ‘t’ does not exist',
      hint: 'use -o rules[].enable.tag=…',
    });
  });
});
