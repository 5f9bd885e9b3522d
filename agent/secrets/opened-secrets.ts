/** Secrets as one run of a plan sees them: opened when first needed, forgotten with the run. */
import type { DesiredProject, DesiredState, DesiredStore } from '../../core/desired/state.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { FileTree } from '../../core/plan/file-tree.ts';

/** A login at a registry, as an engine takes it. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/** What opens a store of backups: absent where the file does not have it. */
export interface StoreSecret {
  readonly password?: string;
  /** A private key of OpenSSH. */
  readonly identity?: string;
}

/** What can open them: it holds the device's key. */
export interface SecretAccess {
  /** @returns secret variable → value @throws TowlineError SECRET_… */
  open(project: DesiredProject, fleet: string): Promise<ReadonlyMap<string, string>>;
  /** @returns registry as it stands in image references → credentials @throws TowlineError SECRET_… */
  logins(
    file: NonNullable<DesiredState['registryCredentials']>,
    fleet: string,
  ): Promise<ReadonlyMap<string, RegistryCredentials>>;
  /** @returns what opens a store of backups @throws TowlineError SECRET_… */
  store(file: DesiredStore['sealed'], fleet: string): Promise<StoreSecret>;
  /** Makes the folder if it is not there. @throws TowlineError SECRET_NOT_IN_MEMORY */
  prepareFolder(folder: string): Promise<void>;
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();

export class OpenedSecrets {
  readonly #access: SecretAccess | undefined;
  readonly #desired: Pick<DesiredState, 'fleet' | 'registryCredentials'>;
  readonly #projects = new Map<DesiredProject, Promise<ReadonlyMap<string, string>>>();
  #logins: Promise<ReadonlyMap<string, RegistryCredentials>> | undefined;

  constructor(
    access: SecretAccess | undefined,
    desired: Pick<DesiredState, 'fleet' | 'registryCredentials'>,
  ) {
    this.#access = access;
    this.#desired = desired;
  }

  get #opener(): SecretAccess {
    if (this.#access === undefined) throw new TowlineError('SECRET_NO_KEY', 'no key is at hand');
    return this.#access;
  }

  /** The values of a project's secret variables. @throws TowlineError SECRET_… */
  async of(project: DesiredProject): Promise<ReadonlyMap<string, string>> {
    if (project.secrets === undefined) return nothing;
    const known = this.#projects.get(project);
    if (known !== undefined) return known;
    const opening = this.#opener.open(project, this.#desired.fleet);
    this.#projects.set(project, opening);
    return opening;
  }

  /** Trees with what their secret variables hold. @throws TowlineError SECRET_… */
  async fill(
    project: DesiredProject,
    memory: string,
    trees: Iterable<FileTree>,
  ): Promise<readonly FileTree[]> {
    const all = [...trees];
    const values = await this.of(project);
    if (all.some(({ variable }) => variable !== undefined)) await this.#opener.prepareFolder(memory);
    return all.map(tree => {
      if (tree.variable === undefined) return tree;
      const bytes = new TextEncoder().encode(values.get(tree.variable) ?? '');
      return { ...tree, entries: tree.entries.map(entry => ({ ...entry, bytes })) };
    });
  }

  /** @throws TowlineError SECRET_REGISTRY_CREDENTIALS: it may mend itself while the project stays as it is */
  async loginFor(registry: string): Promise<RegistryCredentials | undefined> {
    const { registryCredentials: file, fleet } = this.#desired;
    if (file === undefined) return undefined;
    try {
      this.#logins ??= this.#opener.logins(file, fleet);
      return (await this.#logins).get(registry);
    } catch (cause) {
      if (!isTowlineError(cause)) throw cause;
      throw new TowlineError('SECRET_REGISTRY_CREDENTIALS', `${file.path}: ${cause.code} ${cause.message}`, {
        cause,
      });
    }
  }
}
