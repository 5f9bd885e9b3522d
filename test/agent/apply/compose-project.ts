/** A project of test/agent/apply/compose-projects: brought up by docker compose, and the same as an app that adopts it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { loadComposeProject } from '../../../core/compose/load/load.ts';
import type { ComposeModel } from '../../../core/compose/value/model.ts';
import { withContents } from '../../../core/desired/contents.ts';
import type { DesiredProject, ProjectFile } from '../../../core/desired/state.ts';
import { composeOne } from '../../../lab/machine/compose-one.ts';
import { composePeer } from '../../../lab/machine/compose-peer.ts';
import { ensureEngine } from '../../../lab/machine/engine.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import type { DeviceRig } from '../../../lab/rig/device-rig.ts';

/** Of docker compose. */
export type ComposeVersion = '1.29' | '2.40';

const projects = path.join(import.meta.dirname, 'compose-projects');
export const projectNames: readonly string[] = readdirSync(projects).sort();

export class ComposeProject {
  readonly folder: string;
  readonly #rig: DeviceRig;
  readonly #socket: string;

  private constructor(rig: DeviceRig, folder: string, socket: string) {
    this.#rig = rig;
    this.folder = folder;
    this.#socket = socket;
  }

  /**
   * @param files instead of those of `compose-projects`: path → content
   * @param own socket of an engine of the test's own
   */
  static async open(
    rig: DeviceRig,
    files: string | Readonly<Record<string, string>>,
    own?: string,
  ): Promise<ComposeProject> {
    const folder = mkdtempSync(path.join(tmpdir(), 'towline-adopted-'));
    if (typeof files === 'string') cpSync(path.join(projects, files), folder, { recursive: true });
    else for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
    const images = await buildImages(rig);
    const socket = own ?? (await ensureEngine()).socket;
    const made = new ComposeProject(rig, folder, socket);
    made.change(yaml =>
      yaml
        .replaceAll('IMAGE_WEB', images.web)
        .replaceAll('IMAGE_WORKER', images.worker)
        .replaceAll('IMAGE_ONCE', images.once)
        .replaceAll('PROJECT', rig.project),
    );
    await made.#others();
    return made;
  }

  /** What is external in it somebody else has made before. */
  async #others(): Promise<void> {
    const yaml = readFileSync(path.join(this.folder, 'compose.yaml'), 'utf8');
    const { project } = this.#rig;
    const proxy = `${project}-proxy`;
    if (yaml.includes(proxy)) await this.#rig.post('/networks/create', {}, { Name: proxy });
    const store = `${project}-store`;
    if (yaml.includes(store)) await this.#rig.post('/volumes/create', {}, { Name: store });
  }

  change(edit: (yaml: string) => string, name = 'compose.yaml'): void {
    const file = path.join(this.folder, name);
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
  }

  /** @returns what it has written */
  async compose(version: ComposeVersion, ...words: readonly string[]): Promise<string> {
    const { project } = this.#rig;
    // Its root is another folder: where it stands is not handed on.
    const file = path.join(this.folder, 'compose.yaml');
    const own = version === '1.29' ? ['-f', file, '--project-directory', this.folder] : [];
    const [command = '', ...all] = [
      ...(version === '1.29' ? composeOne() : [composePeer('sid')]),
      ...['-p', project, ...own, ...words],
    ];
    const child = spawn(command, all, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        DOCKER_HOST: `unix://${this.#socket}`,
        PWD: this.folder,
      },
    });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    if (code !== 0) throw new Error(`docker compose ${version} ${words.join(' ')}: ${err}`);
    return out;
  }

  /** The folder as an app that adopts the project. */
  app(change: (model: ComposeModel) => ComposeModel = model => model): DesiredProject {
    const names = readdirSync(this.folder, { recursive: true, encoding: 'utf8' });
    const files = new Map(
      names.flatMap((name): [string, ProjectFile][] => {
        const file = path.join(this.folder, name);
        if (!statSync(file).isFile()) return [];
        const bytes = readFileSync(file);
        return [[name, { mode: 0o100644, bytes, sha256: createHash('sha256').update(bytes).digest('hex') }]];
      }),
    );
    const dotenv = files.get('.env')?.bytes.toString() ?? '';
    const environment = Object.fromEntries(
      [...dotenv.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    const { COMPOSE_PROFILES: profiles = '' } = environment;
    const { model, problems, contents } = loadComposeProject({
      files: name => files.get(name)?.bytes,
      composeFiles: ['compose.yaml'],
      projectName: this.#rig.project,
      workingDirectory: '/project',
      environment,
      profiles: profiles.split(',').filter(name => name !== ''),
    });
    if (model === undefined) throw new Error(JSON.stringify(problems));
    const made = makeProject(this.#rig.project, { services: {}, adopt: true, update: { stablePeriodMs: 0 } });
    const whole = change(withContents(model, contents));
    const digest = createHash('sha256').update(JSON.stringify(whole)).digest('hex');
    return { ...made, model: whole, files, digest: `sha256:${digest}` };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
