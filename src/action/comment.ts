import { property } from './event.js';

/** Where the comment goes, and who writes it. */
export interface CommentPlace {
  /** GITHUB_API_URL. */
  readonly api: string;
  /** owner/name. */
  readonly repository: string;
  readonly pullRequest: number;
  readonly token: string;
  /** Tells the comments of several runs on one pull request apart. */
  readonly key: string;
}

/** GitHub takes no longer body, in characters. */
export const longestBody = 65_536;

/** Creates or edits the comment of this key; with no text it is removed. Throws an Error that says what the API answered. */
export async function keepComment(place: CommentPlace, text: string | undefined): Promise<void> {
  const marker = markerOf(place.key);
  const own = await findComment(place, marker);
  const body = text === undefined ? undefined : { body: `${marker}\n${text}` };
  const comments = `/repos/${place.repository}/issues/comments`;
  if (body === undefined) {
    if (own !== undefined) await call(place, 'DELETE', `${comments}/${own.id}`);
  } else if (own === undefined) {
    await call(place, 'POST', `/repos/${place.repository}/issues/${place.pullRequest}/comments`, body);
  } else if (own.body !== body.body) {
    await call(place, 'PATCH', `${comments}/${own.id}`, body);
  }
}

/** An HTML comment: nobody sees it. The key cannot end it. */
export function markerOf(key: string): string {
  return `<!-- lockkeeper ${encodeURIComponent(key).replaceAll('-', '%2D')} -->`;
}

interface Comment {
  readonly id: number;
  readonly body: string;
}

const pageSize = 100;

/** Of strangers, who could write the marker too, nothing is edited: they could change the text back. */
const trusted: ReadonlySet<unknown> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

async function findComment(place: CommentPlace, marker: string): Promise<Comment | undefined> {
  for (let page = 1; ; page++) {
    const path = `/repos/${place.repository}/issues/${place.pullRequest}/comments?per_page=${pageSize}&page=${page}`;
    const list = await call(place, 'GET', path);
    if (!Array.isArray(list)) return undefined;
    for (const one of list) {
      const [id, body] = [property(one, 'id'), property(one, 'body')];
      if (typeof id !== 'number' || typeof body !== 'string' || !body.startsWith(marker)) continue;
      if (property(property(one, 'user'), 'type') === 'Bot' || trusted.has(property(one, 'author_association')))
        return { id, body };
    }
    if (list.length < pageSize) return undefined;
  }
}

/** Milliseconds after which the API is given up: a comment is not worth a hanging job. */
const patience = 10_000;

async function call({ api, token }: CommentPlace, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': 'lockkeeper',
      'x-github-api-version': '2022-11-28',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patience),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}${hint(response.status)}`);
  return text === '' ? undefined : JSON.parse(text);
}

function hint(status: number): string {
  return status === 401 || status === 403 || status === 404
    ? ' (the token needs the permission pull-requests: write; that of a fork has it not)'
    : '';
}
