import { createServer, type IncomingMessage, type Server } from 'node:http';

/** A comment as GitHub's API gives it, as far as it is asked. */
export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly type: string };
  readonly author_association: string;
}

/** The token that the host knows. */
export const token = 's3cret';

/** A comment that is there already. */
export const theirs = (id: number, body: string, type: string): Comment => ({
  id,
  body,
  user: { type },
  author_association: 'NONE',
});

/** The comments of GitHub's API, on a local port. */
export class CodeHost {
  comments: Comment[] = [];
  /** Method and path of every request. */
  asked: string[] = [];
  /** The status with which everything is refused, 0 for none. */
  refuse = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const text = await textOf(request);
      this.asked.push(`${request.method} ${url.pathname}`);
      const answer = (status: number, value?: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(value === undefined ? '' : JSON.stringify(value));
      };
      if (request.headers.authorization !== `Bearer ${token}` || this.refuse > 0)
        return answer(this.refuse || 401, { message: 'no' });
      const body = text === '' ? '' : String(JSON.parse(text).body);
      const id = Number(/comments\/(\d+)$/.exec(url.pathname)?.[1]);
      if (request.method === 'GET') {
        const page = Number(url.searchParams.get('page'));
        const size = Number(url.searchParams.get('per_page'));
        return answer(200, this.comments.slice((page - 1) * size, page * size));
      }
      if (body.length > 65_536) return answer(422, { message: 'body is too long' });
      if (request.method === 'POST') {
        this.comments.push(theirs(this.comments.length + 1, body, 'Bot'));
        return answer(201, this.comments.at(-1));
      }
      if (request.method === 'DELETE') {
        this.comments = this.comments.filter((one) => one.id !== id);
        return answer(204);
      }
      this.comments = this.comments.map((one) => (one.id === id ? { ...one, body } : one));
      return answer(200, {});
    });
  }

  /** Starts to listen, and gives the address. */
  async open(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  close(): void {
    this.#server.close();
  }

  /** As nobody has asked anything yet. */
  reset(): void {
    this.comments = [];
    this.asked = [];
    this.refuse = 0;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += part;
  return text;
}
