import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { repositoryPath } from '../reporters/place.js';
import type { ReporterOptions } from '../reporters/reporter.js';
import type { WorkflowEvent } from './event.js';

/**
 * Where the code host shows a line of a file: at the last commit of the pull request, else at that of the workflow. Undefined outside of
 * GitHub Actions; a file that is no longer there has no line to show.
 */
export function linksOf(
  env: Readonly<Record<string, string | undefined>>,
  { pullRequest }: WorkflowEvent,
  cwd: string,
  prefix: string,
): ReporterOptions['linkTo'] {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: sha } = env;
  const commit = pullRequest?.head ?? sha;
  if (env.GITHUB_ACTIONS !== 'true' || !server || !repository || !commit) return undefined;
  return (file, line) => {
    if (!existsSync(resolve(cwd, file))) return undefined;
    const path = repositoryPath(prefix, file).split('/').map(encodeURIComponent).join('/');
    return `${server}/${repository}/blob/${commit}/${path}#L${line}`;
  };
}
