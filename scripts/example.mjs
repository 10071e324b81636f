// Judges the example project. It contains findings on purpose, so its exit code is not that of the example.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(process.execPath, ['../../dist/cli.js', 'check'], {
  cwd: 'fixtures/example',
  stdio: 'inherit',
});
process.exitCode = status === 1 ? 0 : (status ?? 3);
