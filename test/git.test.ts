import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findGit } from '../src/git-program.js';
import { run } from './cli-io.js';
import { branchOf, commit, git, put, repository, temporary } from './repository.js';

const account = 'create table account (id bigint primary key, email text);\n';
const visit = 'create table visit (id bigint primary key);\n';
const bad = 'create index on account (email);\n';
const worse = 'create index on visit (id);\n';
const fine = 'create table invoice (id bigint primary key);\n';

const history = {
  'lockkeeper.config.json': '{ "lockTimeout": "5s", "rules": { "down-missing": "off" } }',
  'migrations/001_account.sql': account,
  'migrations/002_visit.sql': visit,
  'migrations/003_index.sql': 'create index on account (id);\n',
  'src/app.ts': 'export {};\n',
};

let origin = '';
let clone = '';
beforeEach(() => {
  origin = repository(history);
  clone = branchOf(origin);
}, 120_000);

function detached(folder: string): string {
  git(folder, 'checkout', '-q', '--detach');
  return folder;
}

/** Rule and file of each finding; what is renamed or deleted leaves a gap, of which another rule may speak. */
async function found(cwd: string, ...argv: readonly string[]): Promise<readonly string[]> {
  const ran = await run(cwd, ['check', '--format', 'json', ...argv]);
  if (ran.stdout === '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout)
    .diagnostics.map((one: { rule: string; file: string }) => `${one.rule} ${one.file}`)
    .filter((each: string) => !each.startsWith('version-gap'));
}

const indexed = (file: string) => `index-not-concurrent migrations/${file}`;

describe('--changed', () => {
  test.each<[string, Record<string, string | null>, readonly string[]]>([
    ['nothing', {}, []],
    ['what has nothing to do with migrations', { 'src/app.ts': null }, []],
    ['a new migration', { 'migrations/004_index.sql': bad }, [indexed('004_index.sql')]],
    ['a file with spaces and umlauts', { 'migrations/004 größe.sql': bad }, [indexed('004 größe.sql')]],
    [
      'new migrations that go out together',
      { 'migrations/004_invoice.sql': fine, 'migrations/005_index.sql': 'create index on invoice (id);\n' },
      [],
    ],
    [
      'an edited one, which is judged too',
      { 'migrations/002_visit.sql': `${visit}${bad}` },
      [indexed('002_visit.sql'), 'applied-migration-edited migrations/002_visit.sql'],
    ],
    ['an edited comment', { 'migrations/002_visit.sql': `-- who came\n${visit}` }, []],
    ['a deleted one', { 'migrations/002_visit.sql': null }, ['applied-migration-deleted migrations/002_visit.sql']],
    [
      'the last one, deleted with its folder',
      { 'migrations/001_account.sql': null, 'migrations/002_visit.sql': null, 'migrations/003_index.sql': null },
      [
        'applied-migration-deleted migrations/001_account.sql',
        'applied-migration-deleted migrations/002_visit.sql',
        'applied-migration-deleted migrations/003_index.sql',
      ],
    ],
    [
      'a renamed one, which is not new',
      { 'migrations/003_index.sql': null, 'migrations/004_index.sql': history['migrations/003_index.sql'] },
      ['applied-migration-renamed migrations/004_index.sql'],
    ],
    [
      'another name with the same version',
      { 'migrations/003_index.sql': null, 'migrations/003_idx.sql': history['migrations/003_index.sql'] },
      ['applied-migration-renamed migrations/003_idx.sql'],
    ],
    [
      'one that sorts before the newest',
      { 'migrations/002_5_invoice.sql': fine },
      ['migration-out-of-order migrations/002_5_invoice.sql'],
    ],
    [
      'one that an old migration in between keeps from being one deploy with the new ones',
      { 'migrations/001_account.sql': `${account};`, 'migrations/004_index.sql': worse },
      [indexed('004_index.sql')],
    ],
  ])('%s', async (_, files, expected) => {
    commit(clone, files);
    expect(await found(clone, '--changed')).toEqual(expected);
    // the same before it is committed, new files untracked
    git(clone, 'reset', '-q', '--mixed', 'origin/main');
    expect(await found(clone, '--changed')).toEqual(expected);
  });

  test('a folder that has moved', async () => {
    put(clone, {});
    git(clone, 'mv', 'migrations', 'schema');
    commit(clone, { 'schema/004_index.sql': bad });
    expect(await found(clone, '--changed')).toEqual(['index-not-concurrent schema/004_index.sql']);
  });

  test('says what a finding is about', async () => {
    commit(clone, { 'migrations/002_visit.sql': visit.replace('bigint', 'int'), 'migrations/003_index.sql': null });
    expect((await run(clone, ['check', '--changed'])).stdout).toMatchSnapshot();
  });

  test('what the base has gained meanwhile is known, not judged', async () => {
    commit(origin, { 'migrations/004_theirs.sql': worse });
    commit(clone, { 'migrations/004_ours.sql': fine });
    git(clone, 'fetch', '-q');
    expect(await found(clone, '--changed')).toEqual(['version-taken migrations/004_ours.sql']);
    git(clone, 'mv', 'migrations/004_ours.sql', 'migrations/0035_ours.sql');
    expect(await found(clone, '--changed')).toEqual([]);
    git(clone, 'mv', 'migrations/0035_ours.sql', 'migrations/003_5_ours.sql');
    expect(await found(clone, '--changed')).toEqual(['migration-out-of-order migrations/003_5_ours.sql']);
  });

  test.each<[string, readonly string[]]>([
    ['a branch', ['--changed', 'origin/main']],
    ['a commit', ['--changed', 'HEAD~1']],
    ['the default', ['--changed']],
    ['some paths alone', ['migrations/004_index.sql', '--changed']],
  ])('since %s', async (_, argv) => {
    commit(clone, { 'migrations/004_index.sql': bad });
    expect(await found(clone, ...argv)).toEqual([indexed('004_index.sql')]);
  });

  test('other paths than those that changed', async () => {
    commit(clone, { 'migrations/004_index.sql': bad });
    expect(await found(clone, 'migrations/001_account.sql', '--changed')).toEqual([]);
  });

  test.each<[string, (clone: string) => string]>([
    ['a folder of the repository', (folder) => join(folder, 'migrations')],
    ['a detached head', detached],
    [
      'a work tree',
      (folder) => {
        const tree = join(temporary(), 'tree');
        git(folder, 'worktree', 'add', '-q', '--detach', tree);
        return tree;
      },
    ],
    [
      'a link to it',
      (folder) => {
        const link = join(temporary(), 'link');
        symlinkSync(folder, link);
        return link;
      },
    ],
    [
      'no remote',
      (folder) => {
        git(folder, 'branch', '-f', 'main', 'origin/main');
        git(folder, 'remote', 'remove', 'origin');
        return folder;
      },
    ],
  ])('works in %s', async (_, where) => {
    commit(clone, { 'migrations/004_index.sql': bad });
    const cwd = where(clone);
    const file = cwd.endsWith('migrations') ? '004_index.sql' : 'migrations/004_index.sql';
    expect(await found(cwd, '--changed')).toEqual([`index-not-concurrent ${file}`]);
  });

  test('a submodule is a repository of its own', async () => {
    const outer = repository({ 'README.md': 'outer' });
    git(outer, 'submodule', 'add', '-q', `file://${origin}`, 'db');
    git(outer, 'commit', '-q', '-m', 'add db');
    const inner = join(outer, 'db');
    commit(inner, { 'migrations/004_index.sql': bad });
    const ran = await run(outer, ['check', '--changed']);
    expect(ran).toMatchObject({
      code: 0,
      stderr: 'lockkeeper: db/migrations is in a repository of its own (a submodule): judge its changes there\n',
    });
    expect(await found(inner, '--changed')).toEqual([indexed('004_index.sql')]);
  });

  test('what is wrong with a folder is told when something in it changes', async () => {
    const mysql = (name: string) =>
      `create table ${name} (id int unsigned auto_increment primary key) engine=innodb;\n`;
    const both = repository({
      'lockkeeper.config.json': history['lockkeeper.config.json'],
      'pg/001_a.sql': 'create table a (id bigint primary key);\n',
      'other/001_b.sql': mysql('b'),
      'other/002_c.sql': mysql('c'),
    });
    const [note] = await found(both);
    expect(note).toMatch(/^other-database other\//);
    put(both, { 'pg/002_d.sql': 'create index on a (id);\n' });
    expect(await found(both, '--changed', 'HEAD')).toEqual(['index-not-concurrent pg/002_d.sql']);
    put(both, { 'other/003_d.sql': mysql('d') });
    expect(await found(both, '--changed', 'HEAD')).toEqual([note, 'index-not-concurrent pg/002_d.sql']);
  });

  test('a repository without migrations is clean', async () => {
    const none = repository({ 'README.md': 'nothing' });
    expect(await run(none, ['check', '--changed'])).toMatchObject({ code: 0 });
  });
});

describe('--staged', () => {
  test('judges the index, not the disk', async () => {
    put(clone, { 'migrations/004_index.sql': bad, 'migrations/005_untracked.sql': worse });
    git(clone, 'add', 'migrations/004_index.sql');
    put(clone, { 'migrations/004_index.sql': fine });
    expect(await found(clone, '--staged')).toEqual([indexed('004_index.sql')]);
    git(clone, 'add', 'migrations/004_index.sql');
    put(clone, { 'migrations/004_index.sql': bad });
    expect(await found(clone, '--staged')).toEqual([]);
  });

  test('takes the context from the index too', async () => {
    put(clone, { 'migrations/004_invoice.sql': fine });
    git(clone, 'add', '.');
    put(clone, { 'migrations/005_index.sql': 'create index on invoice (id);\n' });
    git(clone, 'add', '.');
    put(clone, { 'migrations/004_invoice.sql': '-- not yet\n' });
    expect(await found(clone, '--staged')).toEqual([]);
  });

  test('a file deleted on the disk alone is still there', async () => {
    put(clone, { 'migrations/002_visit.sql': null, 'migrations/004_index.sql': worse });
    git(clone, 'add', 'migrations/004_index.sql');
    expect(await found(clone, '--staged')).toEqual([indexed('004_index.sql')]);
  });

  test('a migration that this branch has added may be edited and deleted', async () => {
    commit(clone, { 'migrations/004_invoice.sql': fine, 'migrations/005_more.sql': '-- nothing\n' });
    put(clone, { 'migrations/004_invoice.sql': fine.replace('id', 'number'), 'migrations/005_more.sql': null });
    git(clone, 'add', '-A');
    expect(await found(clone, '--staged')).toEqual([]);
  });

  test('one of the base may not', async () => {
    put(clone, { 'migrations/001_account.sql': account.replace('email', 'mail'), 'migrations/002_visit.sql': null });
    git(clone, 'add', '-A');
    expect(await found(clone, '--staged')).toEqual([
      'applied-migration-edited migrations/001_account.sql',
      'applied-migration-deleted migrations/002_visit.sql',
    ]);
  });

  test('works before the first commit', async () => {
    const fresh = temporary({ ...history, 'migrations/004_index.sql': bad });
    git(fresh, 'init', '-q', '-b', 'main');
    expect(await found(fresh, '--staged')).toEqual([]);
    git(fresh, 'add', '.');
    expect(await found(fresh, '--staged')).toEqual([]);
    expect(await run(fresh, ['check', '--changed'])).toMatchObject({
      code: 2,
      stderr: 'lockkeeper: --changed: there is no commit yet; --staged judges what is in the index\n',
    });
  });

  test('works in a shallow clone', async () => {
    const shallow = branchOf(origin, '--depth=1');
    put(shallow, { 'migrations/004_index.sql': bad });
    git(shallow, 'add', '.');
    expect(await found(shallow, '--staged')).toEqual([indexed('004_index.sql')]);
  });

  test('judges a range where pre-commit asks for one', async () => {
    commit(clone, { 'migrations/004_index.sql': bad });
    const env = { PRE_COMMIT_FROM_REF: 'origin/main', PRE_COMMIT_TO_REF: 'HEAD' };
    expect(await run(clone, ['check', '--staged'], { env })).toMatchObject({ code: 1 });
    expect(await run(clone, ['check', '--staged'])).toMatchObject({ code: 0 });
  });
});

describe('one line that helps', () => {
  const shallow = () => {
    commit(origin, { 'src/more.ts': '' });
    git(origin, 'checkout', '-q', '-b', 'old', 'HEAD~1');
    commit(origin, { 'migrations/004_index.sql': bad });
    git(origin, 'checkout', '-q', 'main');
    const folder = branchOf(origin, '--depth=1', '--no-single-branch');
    git(folder, 'checkout', '-q', 'old');
    return folder;
  };
  const alone = () => {
    const folder = repository(history);
    git(folder, 'branch', '-m', 'work');
    return folder;
  };
  const unrelated = () => {
    git(clone, 'checkout', '-q', '--orphan', 'other');
    commit(clone, { 'src/other.ts': '' });
    return clone;
  };
  const bare = () => {
    const folder = temporary();
    git(folder, 'init', '-q', '--bare');
    return folder;
  };
  test.each<[string, () => string, readonly string[]]>([
    ['no repository', () => temporary(history), ['--changed']],
    ['no repository for the index', () => temporary(history), ['--staged']],
    ['a bare repository', bare, ['--changed']],
    ['no such branch', () => clone, ['--changed', 'develop']],
    ['a path in the place of a branch', () => clone, ['--changed', 'migrations']],
    ['an option in the place of a branch', () => clone, ['--changed=--output=x']],
    ['no default branch', alone, ['--changed']],
    ['a shallow clone', shallow, ['--changed']],
    ['no such commit in a shallow clone', shallow, ['--changed', '0123456789012345678901234567890123456789']],
    ['nothing in common', unrelated, ['--changed']],
    ['both at once', () => clone, ['--changed', '--staged']],
  ])('%s', async (_, where, argv) => {
    const cwd = where();
    const ran = await run(cwd, ['check', ...argv]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr.split('\n')).toHaveLength(2);
    expect(ran.stderr.replaceAll(cwd, 'FOLDER')).toMatchSnapshot();
  });

  test('no git', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      const ran = await run(clone, ['check', '--changed']);
      expect(ran).toMatchObject({ code: 2, stderr: 'lockkeeper: git is not installed, or not on the PATH\n' });
    } finally {
      process.env.PATH = path;
    }
  });
});

describe('git itself', () => {
  const windows = (path: string) => {
    const there = ['C:\\repo\\git.exe', 'C:\\repo\\bin\\git.exe', 'C:\\Git\\cmd\\git.exe'];
    return findGit({ path, cwd: 'C:\\repo', platform: 'win32', isProgram: (file) => there.includes(file) });
  };
  test.each([
    ['the working directory', 'C:\\repo;.;;C:\\Git\\cmd'],
    ['what is relative to it', 'bin;"C:\\Git\\cmd"'],
  ])('on Windows it is never looked for in %s', (_, path) => {
    expect(windows(path)).toBe('C:\\Git\\cmd\\git.exe');
    expect(windows('bin;.;')).toBeUndefined();
  });

  test('one that the repository holds is not run', async () => {
    const owned = join(temporary(), 'owned');
    commit(clone, { 'migrations/004_index.sql': bad, git: `#!/bin/sh\ntouch ${owned}\n` });
    chmodSync(join(clone, 'git'), 0o755);
    const path = process.env.PATH;
    process.env.PATH = `.::${clone}:${path}`;
    try {
      expect(await found(clone, '--changed')).toEqual([indexed('004_index.sql')]);
    } finally {
      process.env.PATH = path;
    }
    expect(existsSync(owned)).toBe(false);
  });
});

test('locks and fix know what changed', async () => {
  commit(clone, { 'migrations/004_index.sql': bad });
  const { stdout } = await run(clone, ['locks', '--changed', '--format', 'json']);
  expect(JSON.parse(stdout).migrations.map(({ file }: { file: string }) => file)).toEqual(['migrations/004_index.sql']);
  expect((await run(clone, ['fix', '--changed', '--dry-run'])).stdout).not.toContain('003_index');
});

describe('fix', () => {
  const slow = (name: string) =>
    `-- migrate:up\ncreate index ${name} on account (id);\n-- migrate:down\ndrop index ${name};\n`;
  const published = {
    'db/migrations/001_account.sql':
      '-- migrate:up\ncreate table account (id int);\n-- migrate:down\ndrop table account;\n',
    'db/migrations/002_old.sql': slow('old'),
  };
  const own = 'db/migrations/003_new.sql';
  const clone = () => {
    const folder = branchOf(repository(published));
    put(folder, { [own]: slow('new') });
    return folder;
  };
  const rewritten = (folder: string) =>
    ['db/migrations/002_old.sql', own].map((file) => readFileSync(join(folder, file), 'utf8').includes('concurrently'));

  test('leaves what the base branch has, and says so', async () => {
    const folder = clone();
    const ran = await run(folder, ['fix']);
    expect(rewritten(folder)).toEqual([false, true]);
    expect(ran.stdout).toContain('left as it is, because origin/main has it');
    expect(ran.stdout).toContain('002_old.sql');
  });

  test.each([[['--all']], [['db/migrations/002_old.sql', own]]])('rewrites it when %j asks for it', async (asked) => {
    const folder = clone();
    await run(folder, ['fix', ...asked]);
    expect(rewritten(folder)).toEqual([true, true]);
  });

  test('warns where git does not say what is applied', async () => {
    const folder = temporary({ ...published, [own]: slow('new') });
    const ran = await run(folder, ['fix']);
    expect(rewritten(folder)).toEqual([true, true]);
    expect(ran.stderr).toContain('a migration that was applied must not be edited');
  });
});
