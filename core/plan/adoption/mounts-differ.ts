/** What a container has mounted, compared. Files of the repository are compared by what the container sees of them. */
import type { MountModel } from '../../compose/value/model.ts';
import { resourceName } from '../../desired/resource-name.ts';
import type { DesiredProject } from '../../desired/state.ts';
import { type Fields, fieldsOf } from '../../json.ts';
import type { FileMount } from '../file-mount.ts';
import { fileMounts } from '../project-files.ts';
import { sizeBytes } from '../quantity.ts';
import { isSame, listOf, type MadeFacts, textOf } from './made-container.ts';
import { sameTree } from './same-tree.ts';

export interface MountsCompared {
  readonly differs: readonly string[];
  readonly refusal?: string;
}

/** `/data/` and `/data` are one place. */
const plain = (path: string): string => path.replace(/(?<=.)\/+$/, '');

const isAnonymous = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

/** Of `source:target:options`. */
const optionsOf = (bind: string): string[] => (bind.split(':')[2] ?? '').split(',');

const labelOf = (options: readonly string[]): string =>
  options.find(option => option === 'z' || option === 'Z') ?? '';

class MountComparison {
  readonly differs: string[] = [];
  refusal: string | undefined;
  readonly #facts: MadeFacts;
  readonly #left: Map<string, Fields>;
  readonly #asked: Map<string, Fields>;

  constructor(facts: MadeFacts) {
    this.#facts = facts;
    const { mounts, hostConfig } = facts.made;
    this.#left = new Map(mounts.map(mount => [plain(textOf(mount.Destination)), mount]));
    this.#asked = new Map(
      listOf(hostConfig.Mounts)
        .map(fieldsOf)
        .map(mount => [plain(textOf(mount.Target)), mount]),
    );
  }

  #take(target: string): Fields | undefined {
    const found = this.#left.get(plain(target));
    this.#left.delete(plain(target));
    return found;
  }

  #note(isTheSame: boolean, target: string): void {
    if (!isTheSame) this.differs.push(`volume ${target}`);
  }

  volume(project: DesiredProject, { source, target = '', read_only = false, volume }: MountModel): void {
    const made = this.#take(target);
    const name = source === undefined ? undefined : resourceName(project.model, 'volumes', source);
    const actual = textOf(made?.Name);
    const isIt = name === undefined ? isAnonymous(actual) : name === actual;
    const { Subpath } = fieldsOf(this.#asked.get(plain(target))?.VolumeOptions);
    this.#note(isIt && (made?.RW === false) === read_only && isSame(volume?.subpath, Subpath), target);
  }

  tmpfs({ target = '', tmpfs, read_only = false }: MountModel): void {
    const made = this.#take(target) ?? this.#asked.get(plain(target));
    const options = fieldsOf(this.#asked.get(plain(target))?.TmpfsOptions);
    const isIt = textOf(made?.Type) === 'tmpfs' && (made?.RW === false) === read_only;
    const isSized = isSame(sizeBytes(tmpfs?.size), options.SizeBytes) && isSame(tmpfs?.mode, options.Mode);
    this.#note(isIt && isSized, target);
  }

  image({ source, target = '' }: MountModel): void {
    const asked = this.#asked.get(plain(target));
    const made = this.#take(target) ?? asked;
    this.#note(textOf(made?.Type) === 'image' && textOf(asked?.Source) === source, target);
  }

  /** @param model of a bind mount; absent: a config or secret */
  file({ label, target, source }: FileMount, model: MountModel | undefined): void {
    const made = this.#take(target);
    if (source.kind === 'tree') {
      const { secrets, files } = this.#facts;
      const isIt = sameTree(source.tree, {
        secrets,
        there: files.get(target),
        isConfig: model === undefined,
      });
      const isWritable = model !== undefined && (made?.RW === false) !== (model.read_only === true);
      if (!isIt || isWritable) this.differs.push(label);
      return;
    }
    if (source.kind === 'missing') return;
    if (source.kind === 'data') {
      if (textOf(made?.Type) === 'bind') {
        const where = textOf(made?.Source);
        this.refusal ??= `${target} holds ${where} now, and with ./${source.path} it would be another, empty folder: name ${where} in the file`;
      } else this.differs.push(label);
      return;
    }
    const isIt = textOf(made?.Type) === 'bind' && plain(textOf(made?.Source)) === plain(source.path);
    this.#note(
      isIt && (made?.RW === false) === (model?.read_only === true) && this.#sameBind(target, model),
      target,
    );
  }

  #sameBind(target: string, model: MountModel | undefined): boolean {
    const bind = listOf(this.#facts.made.hostConfig.Binds)
      .map(textOf)
      .find(each => plain(each.split(':')[1] ?? '') === plain(target));
    const { Propagation } = fieldsOf(this.#asked.get(plain(target))?.BindOptions);
    const made = textOf(this.#facts.made.mounts.find(one => textOf(one.Destination) === target)?.Propagation);
    const wanted = model?.bind?.propagation;
    const spread = wanted === undefined || wanted === made || wanted === Propagation;
    return spread && (model?.bind?.selinux ?? '') === labelOf(optionsOf(bind ?? ''));
  }

  /** What the image declares, or another container gives, nobody has asked for. */
  rest(hasSources: boolean): void {
    const declared = new Set(Object.keys(fieldsOf(this.#facts.image.Volumes)).map(plain));
    for (const [target, mount] of this.#left) {
      if (hasSources || (declared.has(target) && isAnonymous(textOf(mount.Name)))) continue;
      this.differs.push(`volume ${target}`);
    }
  }
}

function tmpfsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map(text => {
      const colon = text.indexOf(':');
      return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
    }),
  );
}

export function mountsDiffer(project: DesiredProject, service: string, facts: MadeFacts): MountsCompared {
  const definition = project.model.services[service] ?? {};
  const { volumes = [], volumes_from: sources = [], tmpfs = [] } = definition;
  const compared = new MountComparison(facts);
  for (const volume of volumes) {
    if (volume.type === 'volume') compared.volume(project, volume);
    if (volume.type === 'tmpfs') compared.tmpfs(volume);
    if (volume.type === 'image') compared.image(volume);
  }
  for (const mount of fileMounts(project, service)) {
    const isBind = mount.label.startsWith('file ');
    const model = volumes.find(({ type, target }) => isBind && type === 'bind' && target === mount.target);
    compared.file(mount, model);
  }
  const { hostConfig } = facts.made;
  compared.rest(sources.length > 0);
  const isSameTmpfs = sameKeys(tmpfsOf(tmpfs), fieldsOf(hostConfig.Tmpfs));
  const isSameSources = sources.length === listOf(hostConfig.VolumesFrom).length;
  const { differs, refusal } = compared;
  return {
    differs: [...differs, ...(isSameTmpfs ? [] : ['tmpfs']), ...(isSameSources ? [] : ['volumes_from'])],
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** Options may be empty, and count. */
function sameKeys(one: Fields, other: Fields): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every(key => textOf(one[key]) === other[key]);
}
