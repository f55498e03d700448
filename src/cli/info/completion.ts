// In: the tables of options and commands. Out: completion for bash, zsh and fish, and the page of the manual.

import { COMMAND_OPTIONS, FREE_TEXTS, OPTION_VALUES } from '../arguments/command-options.js';
import { OPTION_ENTRIES } from '../arguments/help.js';
import { SUB_COMMANDS } from '../arguments/sub-commands.js';
import { TSFALCO_VERSION } from '../arguments/versions.js';

interface Option {
  /** With its dashes. */
  readonly name: string;
  readonly takesValue: boolean;
  readonly text: string;
}

/** Options of the command without a word behind it, Falco's and ours. */
const MAIN: readonly Option[] = OPTION_ENTRIES.flatMap(({ option, text }) =>
  [...option.matchAll(/(?<![\w-])--?[A-Za-z][\w-]*/g)].map(([name]) => ({
    ...{ name, text, takesValue: /<\w+>/.test(option) && !/\[=/.test(option) },
  })),
);

const COMMANDS = Object.entries(SUB_COMMANDS).map(([name, { text }]) => ({ name, text }));

function optionsOf(command: string): readonly Option[] {
  const rows: Readonly<
    Record<string, Readonly<Record<string, { readonly type: string; readonly short?: string }>>>
  > = COMMAND_OPTIONS;
  return Object.entries(rows[command] ?? {}).flatMap(([name, { type, short }]) => {
    const long = name.length === 1 ? [] : [`--${name}`];
    return [...long, ...(short === undefined ? [] : [`-${short}`])].map((each) => ({
      ...{ name: each, takesValue: type === 'string', text: '' },
    }));
  });
}

/** Words behind an option; `files`, or nothing that could be known. */
function valuesOf(command: string, option: string): readonly string[] | 'files' | 'none' {
  const key = `${command} ${option}`;
  return OPTION_VALUES[key] ?? (FREE_TEXTS.has(key) ? 'none' : 'files');
}

const words = (list: readonly string[]): string => list.join(' ');

export function bashCompletion(): string {
  const commands = COMMANDS.map(({ name }) => {
    const options = optionsOf(name);
    const values = options
      .filter(({ takesValue }) => takesValue)
      .map(({ name: option }) => {
        const known = valuesOf(name, option);
        const reply = known === 'files' ? '-f' : known === 'none' ? '-W ""' : `-W "${words(known)}"`;
        return `        ${option}) COMPREPLY=($(compgen ${reply} -- "$cur")); return ;;\n`;
      });
    const own = OPTION_VALUES[name];
    const rest = own === undefined ? `compgen -f -- "$cur"` : `compgen -W "${words(own)}" -- "$cur"`;
    return `    ${name})
      case $prev in
${values.join('')}      esac
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${words(options.map((each) => each.name))}" -- "$cur"))
      else COMPREPLY=($(${rest})); fi ;;
`;
  });
  return `# bash completion for tsfalco
_tsfalco() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 && $cur != -* ]]; then
    COMPREPLY=($(compgen -W "${words(COMMANDS.map(({ name }) => name))}" -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${commands.join('')}    *)
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${words(MAIN.map(({ name }) => name))}" -- "$cur"))
      else COMPREPLY=($(compgen -f -- "$cur")); fi ;;
  esac
}
complete -o filenames -F _tsfalco tsfalco
`;
}

const zshQuoted = (text: string): string =>
  text.replace(/['[\]:\\]/g, (char) => (char === "'" ? "'\\''" : `\\${char}`));

function zshOption(command: string, { name, takesValue, text }: Option): string {
  const known = takesValue ? valuesOf(command, name) : undefined;
  const value =
    known === undefined
      ? ''
      : known === 'files'
        ? ':path:_files'
        : known === 'none'
          ? ':text:'
          : `:value:(${words(known)})`;
  const about = text === '' ? '' : `[${zshQuoted(text.split(/[.;:] /)[0]!)}]`;
  return `'*${name}${about}${value}'`;
}

export function zshCompletion(): string {
  const commands = COMMANDS.map(({ name }) => {
    const options = optionsOf(name).map((option) => zshOption(name, option));
    const own = OPTION_VALUES[name];
    const rest = own === undefined ? `'*:path:_files'` : `'1:value:(${words(own)})'`;
    return `    ${name}) _arguments ${[...options, rest].join(' ')} ;;\n`;
  });
  const names = COMMANDS.map(({ name, text }) => `'${name}:${zshQuoted(text)}'`);
  return `#compdef tsfalco
_tsfalco() {
  local -a commands
  commands=(${names.join(' ')})
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe command commands; return; fi
  local command=$words[2]
  case $command in
${commands.map((line) => line.replace(') _arguments', ') shift words; (( CURRENT-- )); _arguments')).join('')}    *) _arguments ${MAIN.map((option) => zshOption('', option)).join(' ')} '*:path:_files' ;;
  esac
}
_tsfalco "$@"
`;
}

const fishQuoted = (text: string): string => text.replace(/[\\']/g, '\\$&');

function fishOption(condition: string, command: string, { name, takesValue, text }: Option): string {
  const flag = name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`;
  const known = takesValue ? valuesOf(command, name) : undefined;
  const value =
    known === undefined
      ? ''
      : known === 'files'
        ? ' -r -F'
        : known === 'none'
          ? ' -x'
          : ` -x -a '${words(known)}'`;
  return `complete -c tsfalco -n '${condition}' ${flag}${value}${text === '' ? '' : ` -d '${fishQuoted(text.split(/[.;:] /)[0]!)}'`}\n`;
}

export function fishCompletion(): string {
  const heads = COMMANDS.map(
    ({ name, text }) => `complete -c tsfalco -n __fish_use_subcommand -a ${name} -d '${fishQuoted(text)}'\n`,
  );
  const options = COMMANDS.flatMap(({ name }) => {
    const condition = `__fish_seen_subcommand_from ${name}`;
    const own = OPTION_VALUES[name];
    return [
      ...optionsOf(name).map((option) => fishOption(condition, name, option)),
      ...(own === undefined ? [] : [`complete -c tsfalco -f -n '${condition}' -a '${words(own)}'\n`]),
    ];
  });
  const main = MAIN.map((option) => fishOption('__fish_use_subcommand', '', option));
  return `# fish completion for tsfalco\n${[...heads, ...options, ...main].join('')}`;
}

const roff = (text: string): string =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1');

/** The page of the manual, in roff. */
export function manualPage(): string {
  const options = OPTION_ENTRIES.map(({ option, text }) => `.TP\n.B ${roff(option.trim())}\n${roff(text)}\n`);
  const commands = Object.entries(SUB_COMMANDS).map(
    ([name, { takes, text }]) => `.TP\n.B tsfalco ${name}\n${roff(text)} ${roff(takes)}\n`,
  );
  return `.TH TSFALCO 1 "" "tsfalco ${TSFALCO_VERSION}" "User Commands"
.SH NAME
tsfalco \\- rule engine for Kubernetes audit events that speaks Falco
.SH SYNOPSIS
.B tsfalco
[\\fIoption\\fR ...]
.br
.B tsfalco
\\fIcommand\\fR [\\fIargument\\fR ...]
.SH DESCRIPTION
Reads Kubernetes audit events, evaluates Falco rules on them, and writes alerts. Rules and falco.yaml work as they do with Falco.
.SH COMMANDS
Each has \\fB\\-\\-help\\fR.
${commands.join('')}.SH OPTIONS
${options.join('')}.SH EXIT STATUS
0 if all is well, 1 if a run failed or a command found something, 2 if a command of ours was called wrongly.
.SH FILES
.TP
/etc/falco/falco.yaml
The configuration, unless \\fB\\-c\\fR names another.
.TP
\\&.tsfalco.yaml
Levels of lint's checks.
`;
}
