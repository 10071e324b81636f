import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { temporary } from './repository.js';

/**
 * A registry of npm packages on a local port: this project's own package as it would be published, and what is installed below
 * node_modules, each packed when it is asked for. So `npx lockkeeper` and what pre-commit installs is what a user would get.
 */
export class Registry {
  readonly #folder = temporary();
  readonly #known = new Map<string, string>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '/').slice(1);
      const tarball = path.endsWith('.tgz') ? join(this.#folder, path) : undefined;
      if (tarball !== undefined && existsSync(tarball)) return void response.end(readFileSync(tarball));
      const document = this.#known.get(path) ?? this.#document(path);
      if (document === undefined) response.statusCode = 404;
      else this.#known.set(path, document);
      response.setHeader('content-type', 'application/json');
      response.end(document ?? '{}');
    });
  }

  /** Starts to listen, and gives the address. */
  async open(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return this.#address();
  }

  close(): void {
    this.#server.close();
  }

  #address(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  #document(name: string): string | undefined {
    const own = JSON.parse(readFileSync('package.json', 'utf8'));
    const folder = name === own.name ? '.' : join('node_modules', name);
    if (!existsSync(join(folder, 'package.json'))) return undefined;
    const packing = ['pack', `./${folder}`, '--json', '--ignore-scripts', '--pack-destination', this.#folder];
    const [{ filename }] = JSON.parse(execFileSync('npm', packing, { encoding: 'utf8', stdio: 'pipe' }));
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const integrity = createHash('sha512')
      .update(readFileSync(join(this.#folder, filename)))
      .digest('base64');
    const dist = { tarball: `${this.#address()}/${filename}`, integrity: `sha512-${integrity}` };
    const { version } = manifest;
    return JSON.stringify({
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist } },
    });
  }
}
