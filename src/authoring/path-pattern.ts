// In: a pattern for paths, as shells and .gitignore have them. Out: whether a path fits. A leaf.

/** `**` stands for folders, `*` and `?` for parts of one name; `rules/` means all below it. */
export function fitsPattern(path: string, pattern: string): boolean {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern;
  return new RegExp(`^${sourceOf(whole.replace(/^\.\//, ''))}$`).test(path.replace(/^\.\//, ''));
}

export const isPattern = (path: string): boolean => /[*?]/.test(path);

/** The folder that everything that fits is in. */
export function folderOf(pattern: string): string {
  const fixed = pattern.slice(0, pattern.search(/[*?]/));
  const end = fixed.lastIndexOf('/');
  return end < 0 ? '.' : fixed.slice(0, end) || '/';
}

function sourceOf(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|[^*?]/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
}
