/**
 * Makes the test of a path glob: `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` is a choice. A glob of a folder
 * covers what is below it.
 */
export function globTest(glob: string): (path: string) => boolean {
  const pattern = glob
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?|\{|\}|,/g, (found) => translation[found] ?? found);
  const regex = new RegExp(`^${pattern}(?:/.*)?$`);
  return (path) => regex.test(path);
}

const translation: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  '}': ')',
  ',': '|',
};
