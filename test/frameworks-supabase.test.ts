import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { discover } from '../src/frameworks/discover.js';

/** What goes out together, as the log of a server showed it for these versions of the CLI (`supabase migration up --db-url`). */

async function messages(text: string, version?: string): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lockkeeper-supabase-'));
  mkdirSync(path.join(folder, 'supabase/migrations'), { recursive: true });
  writeFileSync(path.join(folder, 'supabase/config.toml'), 'project_id = "x"\n');
  writeFileSync(path.join(folder, 'supabase/migrations/20250101000000_x.sql'), text);
  if (version !== undefined)
    writeFileSync(path.join(folder, 'package.json'), `{"devDependencies": {"supabase": "${version}"}}`);
  const { histories } = await discover([], { cwd: folder });
  rmSync(folder, { recursive: true });
  const up = histories[0]?.migrations[0]?.up;
  const texts = (up?.pieces ?? []).map(({ source, span }) => source.text.slice(span.start, span.end));
  return up?.transaction.batch === 'statement'
    ? texts.flatMap((one) => one.split(';').map((part) => part.trim())).filter((part) => part !== '')
    : texts.map((one) => one.replace(/^;?\s*|;?\s*$/g, ''));
}

const mixed = 'alter table a add c int; create index concurrently a_b on a (b); alter table a add d int; select 2;\n';
const dropped = 'select 1;\ndrop index concurrently a_b;';
const controlled = 'select 1; start transaction; select 2; end; create index concurrently a_b on a (b);';

test.each<readonly [string | undefined, string, readonly string[]]>([
  ['2.108.0', mixed, [mixed.trim().slice(0, -1)]],
  [
    '2.109.0',
    mixed,
    ['alter table a add c int', 'create index concurrently a_b on a (b)', 'alter table a add d int; select 2'],
  ],
  ['2.115.0', dropped, [dropped.slice(0, -1)]],
  ['2.116.0', dropped, ['select 1', 'drop index concurrently a_b']],
  [undefined, dropped, ['select 1', 'drop index concurrently a_b']],
  [
    '2.117.0',
    controlled,
    ['select 1', 'start transaction', 'select 2', 'end', 'create index concurrently a_b on a (b)'],
  ],
  ['2.117.0', 'savepoint s; rollback to s; select 1;', ['savepoint s; rollback to s; select 1']],
  ['2.117.0', 'vacuum a', ['vacuum a']],
])('supabase %s: %s', async (version, text, expected) => {
  expect(await messages(text, version)).toEqual(expected);
});
