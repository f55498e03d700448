// A list of tabs as screen readers and keyboards know it: arrows, Home and End move, one panel shows.

import { byId } from './dom.js';

export interface Tabs {
  show(panel: string): void;
  /** The panel that shows. */
  current(): string;
}

/** @param onShow hears of the panel that shows now */
export function createTabs(
  panels: readonly string[],
  onShow: (panel: string) => void = () => undefined,
): Tabs {
  let shownPanel = panels[0]!;
  const tabOf = (panel: string): HTMLElement => byId(`tab-${panel}`);

  function show(panel: string): void {
    shownPanel = panel;
    for (const each of panels) {
      const isShown = each === panel;
      byId(each).hidden = !isShown;
      tabOf(each).setAttribute('aria-selected', String(isShown));
      tabOf(each).tabIndex = isShown ? 0 : -1;
    }
    onShow(panel);
  }

  for (const [at, panel] of panels.entries()) {
    const tab = tabOf(panel);
    tab.addEventListener('click', () => show(panel));
    tab.addEventListener('keydown', ({ key }) => {
      const to = targetOf(key, at, panels.length);
      if (to === undefined) return;
      show(panels[to]!);
      tabOf(panels[to]!).focus();
    });
  }
  show(shownPanel);
  return { show, current: () => shownPanel };
}

function targetOf(key: string, at: number, size: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % size;
    case 'ArrowLeft':
      return (at + size - 1) % size;
    case 'Home':
      return 0;
    case 'End':
      return size - 1;
    default:
      return undefined;
  }
}
