// An editor: CodeMirror inside a shadow root, where it can bring its style without a hole in the page's policy. Tab leaves
// it, as everything else on the page; Ctrl-[ and Ctrl-] move lines in and out.

import { closeCompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewlineKeepIndent } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
  tooltips,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

export interface Editor {
  text(): string;
  /** @param cursor what the cursor is put behind, where it stands in the text */
  setText(text: string, cursor?: string): void;
  readonly view: EditorView;
}

export interface EditorOptions {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly hint: string;
  readonly wrap: boolean;
  readonly extensions: readonly Extension[];
  onChange(): void;
}

/** Invisible letters and those that turn the direction, which CodeMirror leaves out of its own list. */
const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

export function createEditor(parent: HTMLElement, options: EditorOptions): Editor {
  const root = parent.attachShadow({ mode: 'open' });
  const state = (doc: string): EditorState =>
    EditorState.create({ doc, extensions: [base(options), ...options.extensions] });
  const view = new EditorView({ state: state(''), parent: root, root });
  return {
    view,
    text: () => view.state.doc.toString(),
    setText(text, cursor = '') {
      view.setState(state(text));
      const at = text.indexOf(cursor);
      if (at > 0) view.dispatch({ selection: { anchor: at + cursor.length } });
    },
  };
}

function base({ label, hint, wrap, onChange }: EditorOptions): Extension {
  return [
    lineNumbers(),
    highlightSpecialChars({ addSpecialChars: UNSEEN }),
    history(),
    highlightActiveLine(),
    bracketMatching(),
    indentUnit.of('  '),
    placeholder(hint),
    tooltips({ position: 'absolute' }),
    syntaxHighlighting(COLOURS),
    THEME,
    ...(wrap ? [EditorView.lineWrapping] : []),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false' }),
    keymap.of([
      ...completionKeymap,
      { key: 'Enter', run: insertNewlineKeepIndent },
      { key: 'Escape', run: closeCompletion },
      ...defaultKeymap,
      ...historyKeymap,
    ]),
    EditorView.updateListener.of(({ docChanged }) => {
      if (docChanged) onChange();
    }),
  ];
}

const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.heading, fontWeight: '600' },
  { tag: tags.keyword, color: 'var(--keyword)', fontWeight: '600' },
  { tag: [tags.operator, tags.operatorKeyword], color: 'var(--keyword)' },
  { tag: tags.variableName, color: 'var(--field)' },
  { tag: tags.string, color: 'var(--string)' },
  { tag: [tags.number, tags.bool], color: 'var(--string)' },
]);

const THEME = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--back)', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace',
    lineHeight: '1.5',
  },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--quiet)', border: '0' },
  '.cm-activeLine': { backgroundColor: 'var(--active)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--active)' },
  '.cm-placeholder': { color: 'var(--quiet)' },
  '.cm-specialChar': { color: 'var(--worst)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--active)', outline: '1px solid var(--line)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    maxWidth: 'min(34rem, 92vw)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--back)',
  },
  '.cm-completionDetail': { color: 'inherit', fontStyle: 'normal', opacity: '.85' },
  '.cm-completionInfo, .cm-about': {
    padding: '.5rem .75rem',
    maxHeight: '18rem',
    overflow: 'auto',
    font: '13px/1.45 system-ui, sans-serif',
  },
  '.cm-about p, .cm-completionInfo p': { margin: '0 0 .4rem' },
  '.cm-about pre, .cm-completionInfo pre': {
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    margin: '0 0 .4rem',
    fontSize: '12px',
  },
  '.cm-about a, .cm-completionInfo a': { color: 'var(--accent)' },
  '.cm-diagnostic': { fontFamily: 'system-ui, sans-serif' },
  '.cm-diagnosticAction': { backgroundColor: 'var(--accent)', color: 'var(--back)', font: 'inherit' },
  '.cm-lintRange-error, .cm-lintRange-warning, .cm-lintRange-info, .cm-lintRange-hint': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-error': { textDecorationColor: 'var(--worst)' },
  '.cm-lintRange-warning': { textDecorationColor: 'var(--warning)' },
  '.cm-lintRange-info': { textDecorationColor: 'var(--notice)' },
  '.cm-lintRange-hint': { textDecorationColor: 'var(--quiet)' },
});
