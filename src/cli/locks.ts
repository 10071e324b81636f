import writeLocksConsole from '../reporters/locks-console.js';
import writeLocksJson from '../reporters/locks-json.js';
import { version } from '../version.js';
import type { JudgeFlags } from './flags.js';
import { type Io, styleFor } from './io.js';
import { exit } from './main.js';
import { judge, openProject } from './project.js';

/** `lockkeeper locks`: the timeline. It judges nothing, so it is clean whatever it shows. */
export async function run(
  paths: readonly string[],
  flags: JudgeFlags & { readonly format: string },
  io: Io,
): Promise<number> {
  const report = judge(await openProject(paths, flags, io, {}), io);
  const style = styleFor(io.stdout, io.env);
  const options = { style, width: io.stdout.columns ?? 120, version, prefix: '' };
  io.stdout.write(flags.format === 'json' ? writeLocksJson(report) : writeLocksConsole(report, options));
  return exit.clean;
}
