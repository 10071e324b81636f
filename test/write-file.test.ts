import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './cli-io.js';
import { repository, temporary } from './repository.js';

/** A repository that somebody has put links into, to one folder outside of it. */
function trapped() {
  const outside = temporary({ 'there.txt': 'theirs' });
  const folder = repository({
    'db/001_account.sql': 'create table account (id int);\n',
    'db/002_index.sql': 'create index on account (id);\n',
  });
  symlinkSync(join(outside, 'there.txt'), join(folder, 'report'));
  symlinkSync(outside, join(folder, 'out'));
  return { outside, folder };
}

test.each([
  ['a report', ['check', '--format', 'sarif=report'], 'report: report'],
  ['a report below a link', ['check', '--format', 'json=out/report.json'], 'out/report.json: out'],
  ['a baseline', ['check', '--write-baseline', '--baseline', 'out/known.json'], 'out/known.json: out'],
  ['an audit', ['audit', '--output', './out/audit.html'], './out/audit.html: out'],
])('%s is not written through a link of the repository', async (_, argv, said) => {
  const { folder, outside } = trapped();
  const ran = await run(folder, argv);
  expect(ran.stderr).toBe(`lockkeeper: cannot write ${said} is a link; name the place itself that is meant\n`);
  expect(ran.code).toBe(2);
  expect(readFileSync(join(outside, 'there.txt'), 'utf8')).toBe('theirs');
  expect(readdirSync(outside)).toEqual(['there.txt']);
});

test('one above the working directory, in the same repository, counts too', async () => {
  const { folder, outside } = trapped();
  const ran = await run(join(folder, 'db'), ['check', '--format', 'json=../report']);
  expect(ran.stderr).toContain('cannot write ../report: report is a link');
  expect(readFileSync(join(outside, 'there.txt'), 'utf8')).toBe('theirs');
});

test('a place outside of the repository is the choice of who runs it', async () => {
  const { folder } = trapped();
  const outside = temporary();
  mkdirSync(join(outside, 'real'));
  symlinkSync('real', join(outside, 'link'));
  await run(folder, ['check', '--format', `json=${join(outside, 'link/report.json')}`]);
  expect(JSON.parse(readFileSync(join(outside, 'real/report.json'), 'utf8')).version).toBe(1);
});
