import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The licences of the packages that are bundled, as they ask for; `inputs` are the files that went in. */
export function licenses(inputs, bundle) {
  const packages = new Set(inputs.flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const texts = [...packages].sort().map((name) => {
    const folder = path.join('node_modules', name);
    const { version, license, author } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    // some packages state their licence in package.json alone
    const text =
      file === undefined ? `${license}, by ${author?.name ?? author}` : readFileSync(path.join(folder, file), 'utf8');
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return `${bundle} contains these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
