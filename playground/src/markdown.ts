// What src/language says of a word (a little Markdown) → elements. Texts of rules are in it, so nothing becomes HTML.

import { el, shown, shownLines } from './dom.js';

const PART = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\((https:\/\/attack\.mitre\.org\/[\w./-]+)\)/g;

export function markdown(text: string): HTMLElement {
  const blocks = text.split(/```\w*\n([\s\S]*?)\n?```/);
  const parts = blocks.flatMap((block, at): readonly HTMLElement[] =>
    at % 2 === 1
      ? [el('pre', {}, shownLines(block))]
      : block
          .split('\n\n')
          .filter((paragraph) => paragraph.trim() !== '')
          .map((paragraph) => el('p', {}, ...inline(paragraph.trim()))),
  );
  return el('div', { class: 'cm-about' }, ...parts);
}

function inline(text: string): readonly (Node | string)[] {
  const found: (Node | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(PART)) {
    const [whole, strong, code, label = '', href = ''] = match;
    const { index } = match;
    found.push(shown(text.slice(from, index)));
    if (strong !== undefined) found.push(el('strong', {}, shown(strong)));
    else if (code !== undefined) found.push(el('code', {}, shown(code)));
    else found.push(el('a', { href, rel: 'noopener noreferrer', target: '_blank' }, shown(label)));
    from = index + whole.length;
  }
  return [...found, shown(text.slice(from))];
}
