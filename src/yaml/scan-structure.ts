// Tokens of structure: brackets and commas, `-`, `?` and `:`. Answers to those parts of yaml-cpp's Scanner.

import { CHAR } from './characters.js';
import { FAULTS, YamlFault } from './fault.js';
import { MAX_DEPTH } from './limits.js';
import {
  inFlow,
  insertKey,
  invalidateKey,
  push,
  pushIndent,
  type ScannerState,
  verifyKey,
} from './scanner-state.js';
import { mark, peek } from './stream.js';
import { createToken } from './token.js';

/** Brackets and commas. False: there is none here. */
export function scanFlow(state: ScannerState): boolean {
  const { stream } = state;
  switch (peek(stream)) {
    case CHAR.openBracket:
      openFlow(state, 'sequence');
      return true;
    case CHAR.openBrace:
      openFlow(state, 'map');
      return true;
    case CHAR.closeBracket:
      closeFlow(state, 'sequence');
      return true;
    case CHAR.closeBrace:
      closeFlow(state, 'map');
      return true;
    case CHAR.comma:
      if (stream.column === 0) throw new YamlFault(mark(stream), FAULTS.unexpectedFlow);
      if (!state.scalarAllowed) throw new YamlFault(mark(stream), FAULTS.unexpectedScalar);
      endFlowItem(state);
      state.keyAllowed = true;
      state.afterJson = false;
      push(state, 'flow-entry', 1);
      return true;
    default:
      return false;
  }
}

function openFlow(state: ScannerState, kind: 'sequence' | 'map'): void {
  // Deeper than the parser goes: the whole text would be read before it gets to say so.
  if (state.flows.length >= MAX_DEPTH) throw new YamlFault(mark(state.stream), FAULTS.nesting, true);
  insertKey(state);
  state.keyAllowed = true;
  state.afterJson = false;
  push(state, `flow-${kind}-start`, 1);
  state.flows.push(kind);
}

function closeFlow(state: ScannerState, kind: 'sequence' | 'map'): void {
  const { stream } = state;
  if (!inFlow(state)) throw new YamlFault(mark(stream), FAULTS.flowEnd);
  endFlowItem(state);
  state.keyAllowed = false;
  state.afterJson = true;
  if (state.flows.at(-1) !== kind) throw new YamlFault(mark(stream), FAULTS.flowEnd);
  state.flows.pop();
  push(state, `flow-${kind}-end`, 1);
}

/** `{a}` is a key without a value; `[a]` is no key. */
function endFlowItem(state: ScannerState): void {
  const kind = state.flows.at(-1);
  if (kind === 'map' && verifyKey(state)) state.tokens.push(createToken('value', mark(state.stream)));
  else if (kind === 'sequence') invalidateKey(state);
}

export function scanBlockEntry(state: ScannerState): void {
  const { stream } = state;
  if (inFlow(state) || !state.keyAllowed) throw new YamlFault(mark(stream), FAULTS.blockEntry);
  pushIndent(state, stream.column, 'sequence');
  state.keyAllowed = true;
  state.afterJson = false;
  push(state, 'block-entry', 1);
}

export function scanKey(state: ScannerState): void {
  const { stream } = state;
  if (!inFlow(state)) {
    if (!state.keyAllowed) throw new YamlFault(mark(stream), FAULTS.mapKey);
    pushIndent(state, stream.column, 'map');
  }
  state.keyAllowed = !inFlow(state);
  push(state, 'key', 1);
}

export function scanValue(state: ScannerState): void {
  const { stream } = state;
  const isKeyed = verifyKey(state);
  state.afterJson = false;
  if (isKeyed) state.keyAllowed = false;
  else {
    if (!inFlow(state)) {
      if (!state.keyAllowed) throw new YamlFault(mark(stream), FAULTS.mapValue);
      pushIndent(state, stream.column, 'map');
    }
    state.keyAllowed = !inFlow(state);
  }
  state.scalarAllowed = true;
  push(state, 'value', 1);
}
