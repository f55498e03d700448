// A file that is named in another one → its path. POSIX's rules, without Node: suites also run in browsers.

/** @param file absolute, or where it is from the folder of `path`. @returns without `.` and needless `..` */
export function pathBeside(path: string, file: string): string {
  if (file.startsWith('/')) return file;
  const joined = path.slice(0, path.lastIndexOf('/') + 1) + file;
  const kept: string[] = [];
  for (const step of joined.split('/')) {
    if (step === '' || step === '.') continue;
    const above = kept.at(-1);
    if (step !== '..') kept.push(step);
    else if (above !== undefined && above !== '..') kept.pop();
    else if (!joined.startsWith('/')) kept.push(step);
  }
  return `${joined.startsWith('/') ? '/' : ''}${kept.join('/')}` || '.';
}
