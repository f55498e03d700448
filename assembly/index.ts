// What the module offers: the scanner, and the screen that judges what was scanned.

export { addKey, scan } from './scan';
export {
  forgetScreen,
  freeFrom,
  judge,
  learnOthers,
  learnState,
  learnStep,
  learnValue,
  nextLine,
  openLines,
  placeTape,
  resultsAt,
  scratchAt,
  setEventKeys,
  setPlaceKey,
  setTimePlace,
} from './screen';
