/** A real Chromium without a window, driven by its own protocol: what a page shows, what is typed into it, what it asks for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireCommands } from '../../../lab/machine/packages.ts';

interface Told {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export class Browser implements AsyncDisposable {
  /** What the page's console, its policy and its requests said. */
  readonly events: Told[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #asked = new Map<number, (told: Told) => void>();
  #count = 0;

  /** With one page, which is empty. */
  static async start(): Promise<Browser> {
    requireCommands(['chromium']);
    const folder = mkdtempSync(join(tmpdir(), 'tl-chromium-'));
    const child = spawn(
      'chromium',
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
        ...['--no-first-run', '--disable-component-update', '--disable-dev-shm-usage'],
        ...['--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder } },
    );
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes;
    });
    const address = /DevTools listening on ws:\/\/(\S+?)\//;
    while (!address.test(said)) {
      if (child.exitCode !== null) throw new Error(said);
      await once(child.stderr, 'data');
    }
    const host = address.exec(said)?.[1] ?? '';
    const pages: unknown = await (await fetch(`http://${host}/json/list`)).json();
    const page = (Array.isArray(pages) ? pages : []).find(({ type }: { type: string }) => type === 'page');
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await once(socket, 'open');
    const browser = new Browser(child, folder, socket);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await browser.ask(`${domain}.enable`);
    return browser;
  }

  private constructor(child: ChildProcess, folder: string, socket: WebSocket) {
    this.#child = child;
    this.#folder = folder;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const told: Told = JSON.parse(String(data));
      if (told.id === undefined) this.events.push(told);
      else this.#asked.get(told.id)?.(told);
    });
  }

  async ask(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    this.#count += 1;
    const id = this.#count;
    const answer = new Promise<Told>(resolve => this.#asked.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result = {}, error } = await answer;
    this.#asked.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async visit(url: string): Promise<void> {
    await this.ask('Page.navigate', { url });
  }

  /** What an expression is in the page, as JSON. */
  async value(expression: string): Promise<unknown> {
    const { result } = await this.ask('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    return typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined;
  }

  async type(text: string): Promise<void> {
    await this.ask('Input.insertText', { text });
    for (const character of text)
      for (const type of ['keyDown', 'keyUp'])
        await this.ask('Input.dispatchKeyEvent', { type, text: character });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 9, retryDelay: 100 });
  }
}
