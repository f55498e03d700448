// How a command's answer may look: colours and width of the screen, if there is one.

import { COLOURED, type Paint, PLAIN_PAINT } from '../../survey/terminal.js';
import type { Host } from '../host.js';

const DEFAULT_WIDTH = 80;

/** Colours for a screen that wants them. */
export function paintOf({ columns, env }: Host): Paint {
  return columns !== undefined && !env['NO_COLOR'] ? COLOURED : PLAIN_PAINT;
}

/** Columns of the screen; of no screen as many as most have. */
export const widthOf = ({ columns }: Host): number => columns || DEFAULT_WIDTH;
